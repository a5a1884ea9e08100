import type { Client } from '../../api/client';
import { python } from '../../captures/making/code';
import { pythonString } from '../../kernel/text';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { changedOnly, isCapture, sourcesOf, type Read } from './draft';
import { plain, planOf, type Asked } from './variants';

/** The lines of Python that ask for the same training. */
export async function trainingCode(
  studio: IMiStudio,
  value: FormValue
): Promise<string> {
  const [{ default_workspace: isDefault, workspace }, schema, ofStream] =
    await Promise.all([
      studio.system(),
      studio.schema('Train'),
      studio.schema('StreamSource')
    ]);
  const { sources: _, saes, ...rest } = changedOnly(schema, value);
  const given = { ...severalOf((saes ?? []) as Asked[]), ...rest };
  const words = Object.entries(given)
    .map(([name, each]) => `, ${name}=${pythonValue(each)}`)
    .join('');
  return [
    'import mistudio_ext as ms',
    '',
    `ws = ms.open(${isDefault ? '' : pythonString(workspace)})`,
    `training = ws.train(${sourcesIn(value, ofStream)}${words})`
  ].join('\n');
}

/** Lists where they say the same, which is how one writes it; else each SAE by itself. */
function severalOf(saes: readonly Asked[]): FormValue {
  const plan = planOf(saes);
  if (!saes.length) {
    return {};
  }
  if (!plan || plan.out !== null) {
    return { saes: saes.map(plain) };
  }
  return { ...(plan.hooks.length && { hook: plan.hooks }), ...plan.lists };
}

/** What is read, as the first arguments. */
function sourcesIn(value: FormValue, ofStream: Client.IJsonSchema): string {
  const all = sourcesOf(value).map(each => said(each, ofStream));
  const [first] = all;
  if (all.length === 1 && first.model !== undefined && !isMistakable(first)) {
    return Object.entries(first)
      .map(([name, each]) => `${name}=${pythonValue(each)}`)
      .join(', ');
  }
  const isPlain = all.every(
    each => Object.keys(each).length === 1 && each.capture !== undefined
  );
  const sources = isPlain ? all.map(each => each.capture) : all;
  return pythonValue(sources.length === 1 ? sources[0] : sources);
}

/** Without what is so anyway. */
function said(source: Read, ofStream: Client.IJsonSchema): FormValue {
  const { weight, weight_at_end, ...rest } = source as FormValue;
  return {
    ...(isCapture(source) ? rest : { ...changedOnly(ofStream, rest) }),
    ...(weight == null || weight === 1 ? {} : { weight }),
    ...(weight_at_end == null ? {} : { weight_at_end })
  };
}

/** A training has parameters of its own by these names. */
function isMistakable(source: FormValue): boolean {
  return 'batch_size' in source || 'seed' in source;
}

/** As `python`, with dictionaries. */
export function pythonValue(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(pythonValue).join(', ')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(
      ([name, each]) => `${pythonString(name)}: ${pythonValue(each)}`
    );
    return `{${pairs.join(', ')}}`;
  }
  return python(value);
}
