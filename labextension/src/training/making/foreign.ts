/** Architectures that are not miStudio's own: which parameters they use, only their makers know. */

import type { Client } from '../../api/client';
import type { Architecture } from '../../api/types';

type Schema = Client.IJsonSchema;

const DEPENDS = 'architecture=';

/** The schema with all parameters for these: none is hidden because it is for other architectures. */
export function openTo(
  schema: Schema,
  architectures: readonly Architecture[]
): Schema {
  const foreign = architectures.filter(each => each.package !== null);
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, each]) =>
      [
        name,
        each.onlyWhen?.startsWith(DEPENDS)
          ? {
              ...each,
              onlyWhen: [each.onlyWhen, ...foreign.map(it => it.name)].join('|')
            }
          : each
      ] as const
  );
  return { ...schema, properties: Object.fromEntries(properties) };
}
