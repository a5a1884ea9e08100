import type { FormValue } from '../../ui/formSchema';

/** How many samples each split will have, and whether just so many. */
export function arrangedSplits(
  splits: Record<string, number>,
  value: FormValue
): { splits: [name: string, count: number][]; isExact: boolean } {
  const only = typeof value.only === 'string' ? value.only : null;
  const taken = Object.entries(splits).filter(
    ([name]) => only === null || name === only
  );
  const pool = taken.reduce((sum, [, count]) => sum + count, 0);
  const limit = numberOf(value.limit);
  const all = limit === null ? pool : Math.min(limit, pool);
  const validation = numberOf(value.validation_share) ?? 0;
  const test = numberOf(value.test_share) ?? 0;
  if (validation + test > 0) {
    const [rest, ...parts] = sizesOf(all, [validation, test]);
    const named: [string, number][] = [
      ['train', rest],
      ['validation', parts[0]],
      ['test', parts[1]]
    ];
    return { splits: named.filter(([, count]) => count > 0), isExact: true };
  }
  // Of several splits nobody knows beforehand how many of each are among the first.
  const isExact = all === pool || taken.length === 1;
  return {
    splits: taken.map(([name, count]) => [
      name,
      pool ? Math.round((count * all) / pool) : 0
    ]),
    isExact
  };
}

/** How many the rest and each share come to: as near as whole numbers can be, all together `all`. */
function sizesOf(all: number, shares: readonly number[]): number[] {
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
  const exact = [rest, ...shares].map(share => share * all);
  // What floating point leaves of 0.1 + 0.2 must not decide about a sample.
  const whole = exact.map(each => Math.floor(Number(each.toFixed(6))));
  const left = all - whole.reduce((sum, count) => sum + count, 0);
  const part = (at: number) => Number((whole[at] - exact[at]).toFixed(6));
  exact
    .map((_, at) => at)
    .sort((a, b) => part(a) - part(b))
    .slice(0, Math.max(0, left))
    .forEach(at => whole[at]++);
  return whole;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && isFinite(value) ? value : null;
}
