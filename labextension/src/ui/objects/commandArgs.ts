import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';

/** The objects that a command's arguments mean. */
export type Pointed<O extends IRecord> = (
  args: ReadonlyPartialJSONObject
) => O[];

/** The one given by id, else those selected in the panel. */
export function pointedIn<Head extends IRecord, Nested extends IRecord>({
  model,
  state
}: ObjectsDesk<Head, Nested>): Pointed<Head | Nested> {
  return args => {
    if (typeof args.id !== 'string') {
      return state.targets;
    }
    const object = model.find(args.id);
    return object ? [object] : [];
  };
}

/** It where it is just one. */
export function only<O>(objects: readonly O[]): O | null {
  return objects.length === 1 ? objects[0] : null;
}

/** What commands take that take nothing. */
export const NONE = { args: { type: 'object', properties: {} } } as const;
