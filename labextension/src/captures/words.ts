// What is said of a capture: facts for its head and for inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Capture } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, exact, short } from '../ui/format';
import { hooksInWords } from '../ui/layers/hooks';
import { workFacts } from '../ui/objects/words';

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
