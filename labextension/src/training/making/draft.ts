// What a new training is asked for: only what differs from the defaults. No React here.

import type { Client } from '../../api/client';
import type { Training, TrainingSource } from '../../api/types';
import { formGroups, type FormValue } from '../../ui/formSchema';
import { reduced, type Asked } from './variants';

type Schema = Client.IJsonSchema;

/** What a training has and nobody asks for, and what is its alone. */
const NOT_ASKED: readonly (keyof Training)[] = [
  'id',
  'name',
  'tags',
  'notes',
  'created',
  'made_from',
  'model',
  'hooks',
  'facts',
  'state',
  'reason',
  'job'
];

/** The parameters of a training, to be changed and started anew. */
export function draftOf(training: Training): FormValue {
  return Object.fromEntries(
    Object.entries(training).filter(
      ([name]) => !NOT_ASKED.includes(name as keyof Training)
    )
  );
}

/** What is changed holds for all of the SAEs, whatever each had of it. */
export function withChanges(draft: FormValue, changes: FormValue): FormValue {
  const saes = reduced(
    (draft.saes ?? []) as Asked[],
    name => !(name in changes)
  );
  return { ...draft, saes, ...changes };
}

/** Without what is as the schema has it anyway, or does not matter with the other values. */
export function changedOnly(schema: Schema, value: FormValue): FormValue {
  const all = schema.properties ?? {};
  return Object.fromEntries(
    Object.entries(value).filter(([name, each]) => {
      const usual = all[name]?.default ?? null;
      const isUsual = JSON.stringify(each ?? null) === JSON.stringify(usual);
      const isEmpty = Array.isArray(each) && !each.length;
      return (
        name in all &&
        !isUsual &&
        !isEmpty &&
        formGroups(schema, value, { fields: [name] }).length > 0
      );
    })
  );
}

export type CaptureRead = Extract<TrainingSource, { capture: string }>;
type StreamSource = Exclude<TrainingSource, CaptureRead>;
/** As much of it as was chosen by now. */
export type StreamRead = Partial<StreamSource>;
export type Read = CaptureRead | StreamRead;

export function sourcesOf(value: FormValue): Read[] {
  return (value.sources as Read[] | undefined) ?? [];
}

export function isStream(source: Read): source is StreamRead {
  return !isCapture(source);
}

export function isCapture(source: Read): source is CaptureRead {
  return 'capture' in source;
}

/** Whether all is chosen that says what is read. */
export function isWhole(source: Read): boolean {
  return (
    isCapture(source) ||
    Boolean(source.model && source.tokenization && source.hooks?.length !== 0)
  );
}
