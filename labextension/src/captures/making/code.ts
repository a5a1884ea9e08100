import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { pythonString } from '../../kernel/text';

/** The lines of Python that ask for the same capture. */
export async function captureCode(
  studio: IMiStudio,
  value: FormValue,
  hooks: readonly string[]
): Promise<string> {
  const { default_workspace: isDefault, workspace } = await studio.system();
  const { model, tokenization, hooks: _, ...rest } = value;
  const given = Object.entries({ hooks, ...rest })
    .map(([name, each]) => `, ${name}=${python(each)}`)
    .join('');
  return [
    'import mistudio_ext as ms',
    '',
    `ws = ms.open(${isDefault ? '' : pythonString(workspace)})`,
    `capture = ws.capture(${python(model)}, ${python(tokenization)}${given})`
  ].join('\n');
}

/** A value of a form as Python writes it. */
export function python(value: unknown): string {
  if (typeof value === 'string') {
    return pythonString(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(python).join(', ')}]`;
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return value == null ? 'None' : String(value);
}
