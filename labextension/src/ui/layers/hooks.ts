// Hook points in words.

import { runsOf } from './chosen';

/** “layers.2.resid_post” as its layer and kind. */
export function hookOf(hook: string): { layer: number; kind: string } {
  const [, layer, kind] = hook.split('.');
  return { layer: Number(layer), kind };
}

/** The kinds, each with its layers in order. */
export function byKind(hooks: readonly string[]): Map<string, number[]> {
  const kinds = new Map<string, number[]>();
  for (const { layer, kind } of hooks.map(hookOf)) {
    kinds.set(kind, [...(kinds.get(kind) ?? []), layer]);
  }
  return kinds;
}

/** “L2-5 resid_post, L3 mlp_out”. */
export function hooksInWords(hooks: readonly string[]): string {
  return [...byKind(hooks)]
    .map(([kind, layers]) => `L${runsOf(layers).join(',')} ${kind}`)
    .join(', ');
}
