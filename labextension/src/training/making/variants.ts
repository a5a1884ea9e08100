// Several SAEs at once: which ones, out of hook points and lists of numbers. No React here.

import type { Variant } from '../../api/types';

/** What may be a list, each value of which makes SAEs of its own. */
export const LISTS = [
  'width',
  'expansion',
  'k',
  'l1_coefficient',
  'l0_coefficient',
  'target_l0'
] as const;
export type ListName = (typeof LISTS)[number];

/** Each hook point with each value of each list. */
export interface IPlan {
  /** None: every one of the capture. */
  hooks: readonly string[];
  /** What a transcoder reconstructs. */
  out: string | null;
  lists: Readonly<Partial<Record<ListName, readonly number[]>>>;
}

export const EVERYTHING: IPlan = { hooks: [], out: null, lists: {} };

export type Asked = Partial<Variant>;

export function variantsOf({ hooks, out, lists }: IPlan): Asked[] {
  let variants: Asked[] = hooks.length
    ? hooks.map(hook => (out === null ? { hook } : { hook, out_hook: out }))
    : [{}];
  for (const name of LISTS) {
    const values = lists[name] ?? [];
    if (values.length) {
      variants = variants.flatMap(each =>
        values.map(value => ({ ...each, [name]: value }))
      );
    }
  }
  return variants.filter(each => Object.keys(each).length);
}

/** The plan that gives just these; null where they were put together otherwise. */
export function planOf(given: readonly Asked[]): IPlan | null {
  const saes = given.map(plain);
  const outs = distinct(saes.map(each => each.out_hook));
  if (outs.length > 1) {
    return null;
  }
  const plan: IPlan = {
    hooks: distinct(saes.map(each => each.hook)),
    out: outs[0] ?? null,
    lists: Object.fromEntries(
      LISTS.map(
        name => [name, distinct(saes.map(each => each[name]))] as const
      ).filter(([, values]) => values.length)
    )
  };
  return same(variantsOf(plan), saes) ? plan : null;
}

/** “256, 512; 1024” as numbers; null where it is anything else. */
export function numbersIn(text: string): number[] | null {
  const numbers = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  return numbers.every(each => Number.isFinite(each))
    ? [...new Set(numbers)]
    : null;
}

/** Without what it leaves to the training's own options. */
export function plain(variant: Asked): Asked {
  return Object.fromEntries(
    Object.entries(variant).filter(([, each]) => each != null)
  );
}

/** With these fields alone: those that are then the same are one, and one that says nothing is none. */
export function reduced(
  saes: readonly Asked[],
  isKept: (name: string) => boolean
): Asked[] {
  const all = saes.map(each =>
    Object.fromEntries(
      Object.entries(plain(each)).filter(([name]) => isKept(name))
    )
  );
  const found = all.filter(
    (each, at) => all.findIndex(other => same([other], [each])) === at
  );
  return found.length === 1 && !Object.keys(found[0]).length ? [] : found;
}

function distinct<T>(values: readonly (T | null | undefined)[]): T[] {
  return [...new Set(values.filter(each => each != null))];
}

function same(one: readonly Asked[], other: readonly Asked[]): boolean {
  const keys = (all: readonly Asked[]) =>
    all
      .map(each => JSON.stringify(Object.entries(each).sort()))
      .sort()
      .join();
  return one.length === other.length && keys(one) === keys(other);
}
