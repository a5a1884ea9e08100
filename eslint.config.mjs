import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Every rule of the Jupyter set is an error here; `make test` takes no warnings.
const jupyterRules = jupyter.configs.recommended.map(config => ({
  ...config,
  plugins: { jupyter },
  rules: Object.fromEntries(
    Object.entries(config.rules).map(([name, level]) => [
      name,
      level === 'warn' ? 'error' : level
    ])
  )
}));

export default defineConfig([
  globalIgnores([
    '**/node_modules/',
    'labextension/lib/',
    'labextension/src/api/contract.ts',
    'mistudio_ext/',
    'docs/',
    'coverage/',
    'htmlcov/',
    'dist/',
    '.venv/',
    '.make/',
    '.mistudio-workspace/',
    'tests/browser/test-results/',
    'tests/browser/playwright-report/',
    'tests/browser/.runtime/'
  ]),
  jupyterRules,
  {
    files: ['**/*.{ts,tsx,mts}'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    rules: {
      curly: 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-arrow-callback': ['error', { allowNamedFunctions: true }],
      '@typescript-eslint/no-empty-function': 'off',
      // A class's options lie in a namespace of its name, as in JupyterLab.
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'none', ignoreRestSiblings: true }
      ]
    }
  },
  {
    // Words of tests, which no reader sees.
    files: [
      '**/*.spec.{ts,tsx}',
      'labextension/src/**/testing/**',
      'tests/browser/**'
    ],
    rules: { 'jupyter/no-untranslated-string': 'off' }
  },
  {
    // Rules that ask the type checker.
    files: ['labextension/src/**/*.{ts,tsx}'],
    languageOptions: {
      parserOptions: {
        project: './labextension/tsconfig.spec.json',
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } }
      ]
    }
  },
  {
    files: ['labextension/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error'
    }
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.node }
  }
]);
