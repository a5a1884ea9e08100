import { python } from '../../captures/making/code';
import { pythonString } from '../../kernel/text';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { changedOnly, sourcesOf } from './draft';
import { plain, planOf, type Asked } from './variants';

/** The lines of Python that ask for the same training. */
export async function trainingCode(
  studio: IMiStudio,
  value: FormValue
): Promise<string> {
  const [{ default_workspace: isDefault, workspace }, schema] =
    await Promise.all([studio.system(), studio.schema('Train')]);
  const { sources: _, saes, ...rest } = changedOnly(schema, value);
  const given = { ...severalOf((saes ?? []) as Asked[]), ...rest };
  const words = Object.entries(given)
    .map(([name, each]) => `, ${name}=${pythonValue(each)}`)
    .join('');
  return [
    'import mistudio_ext as ms',
    '',
    `ws = ms.open(${isDefault ? '' : pythonString(workspace)})`,
    `training = ws.train(${capturesIn(value)}${words})`
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

function capturesIn(value: FormValue): string {
  const sources = sourcesOf(value).map(each =>
    Object.fromEntries(
      Object.entries(each).filter(
        ([name, part]) => part != null && !(name === 'weight' && part === 1)
      )
    )
  );
  const isPlain = sources.every(each => Object.keys(each).length === 1);
  const all = isPlain ? sources.map(each => each.capture) : sources;
  return pythonValue(isPlain && all.length === 1 ? all[0] : all);
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
