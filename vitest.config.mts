import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'transform' },
  test: {
    environment: 'jsdom',
    globals: true,
    include: ['labextension/src/**/*.spec.{ts,tsx}'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    // These packages publish modules that Node does not read as they are.
    server: {
      deps: {
        inline: [
          /@jupyterlab\//,
          /@jupyter\//,
          /@lumino\//,
          /@microsoft\//,
          /@codemirror\//
        ]
      }
    },
    coverage: {
      provider: 'v8',
      reporter: ['text', 'html'],
      reportsDirectory: 'coverage',
      include: ['labextension/src/**/*.{ts,tsx}'],
      exclude: [
        'labextension/src/**/*.spec.{ts,tsx}',
        'labextension/src/**/testing/**',
        'labextension/src/api/contract.ts',
        '**/*.d.ts'
      ],
      thresholds: { lines: 80, statements: 80 }
    }
  }
});
