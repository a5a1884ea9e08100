// What is said of a capture: facts for its head and for inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Capture } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, exact, short } from '../ui/format';
import { workFacts } from '../ui/objects/words';
import { runsOf } from './grid/chosen';

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

/** The facts that tell a capture from its neighbors, or how far its job is. */
export function captureFacts(
  capture: Capture,
  trans: TranslationBundle
): string[] {
  const { facts, hooks, dtype } = capture;
  const work = workFacts(capture, trans);
  if (work || !facts) {
    return work ?? [];
  }
  return [
    hooksInWords(hooks),
    trans.__('%1 tokens', short(facts.tokens)),
    dtype,
    bytes(facts.bytes)
  ];
}

/** As it leaves for a notebook. */
export function asStudioObject(
  { id, name, facts, hooks }: Capture,
  trans: TranslationBundle
): IStudioObject {
  const detail = facts
    ? trans.__('%1 tokens, %2', exact(facts.tokens), hooksInWords(hooks))
    : trans.__('not ready yet');
  return { kind: 'capture', id, name, detail };
}
