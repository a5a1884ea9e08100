// What of the chosen values has an effect: the rest waits in the form until it has one again. No React here.

import type { Client } from '../../api/client';
import { formGroups, type FormValue } from '../../ui/formSchema';
import { sourcesOf, type Read } from './draft';
import { reduced, type Asked } from './variants';

type Schema = Client.IJsonSchema;

/** Whether a parameter matters beside the others; those of another kind do. */
export function isUsed(
  schema: Schema,
  value: FormValue,
  name: string
): boolean {
  return (
    !(name in (schema.properties ?? {})) ||
    formGroups(schema, value, { fields: [name] }).length > 0
  );
}

/** What is asked for: the server refuses what would have no effect. */
export function used(schema: Schema, value: FormValue): FormValue {
  const { saes, sources, ...rest } = value;
  const known = (name: string) => isUsed(schema, value, name);
  const several = reduced((saes ?? []) as Asked[], known);
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => known(name))),
    ...(sources !== undefined && {
      sources: sourcesOf(value).map(each => weighed(each, value.mixing))
    }),
    ...(several.length && { saes: several })
  };
}

function weighed(source: Read, mixing: unknown): Read {
  const { weight, weight_at_end, ...rest } = source;
  return {
    ...rest,
    ...((mixing === 'weights' || mixing === 'curriculum') &&
      weight !== undefined && { weight }),
    ...(mixing === 'curriculum' &&
      weight_at_end !== undefined && { weight_at_end })
  } as Read;
}
