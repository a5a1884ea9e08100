import type { Training } from '../../api/types';

/** How many features shall be on, where all SAEs of the training have the same aim. */
export function targetOf({
  architecture,
  k,
  target_l0: wished,
  saes = [],
  facts
}: Training): number | null {
  const isTopk = ['topk', 'batchtopk', 'matryoshka'].includes(architecture);
  const known = isTopk
    ? (facts?.saes.map(each => each.k) ??
      orAll(
        saes.map(each => each.k ?? k),
        k
      ))
    : orAll(
        saes.map(each => each.target_l0 ?? wished),
        wished
      );
  const distinct = [...new Set(known)];
  return distinct.length === 1 ? distinct[0] : null;
}

function orAll<T>(each: readonly T[], all: T): readonly T[] {
  return each.length ? each : [all];
}
