import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IKernelHandoff } from '../kernel/tokens';

/** The id of the capture that a command means: the one given, else the one selected or in front; null where it is not just one. */
export type Pointed = (args: ReadonlyPartialJSONObject) => string | null;

export function pointedBy(handoff: IKernelHandoff | null): Pointed {
  return args => {
    if (typeof args.id === 'string') {
      return args.id;
    }
    const selected = handoff?.selected ?? [];
    return selected.length === 1 && selected[0].kind === 'capture'
      ? selected[0].id
      : null;
  };
}
