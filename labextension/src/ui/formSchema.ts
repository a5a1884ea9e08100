// What a form makes of a schema of our contract. No React here.

import type { Client } from '../api/client';

type Schema = Client.IJsonSchema;
export type FormValue = Record<string, unknown>;

/** Fields that stand together under one heading; the first group has none. */
export interface IFieldGroup {
  title: string;
  schema: Schema;
}

export interface IFormOptions {
  /** Only these fields, in this order; else all, in the schema's. */
  fields?: readonly string[];
}

/** The groups of a form, without fields that do not matter with these values. */
export function formGroups(
  schema: Schema,
  value: FormValue,
  options: IFormOptions = {}
): IFieldGroup[] {
  const all = schema.properties ?? {};
  const effective = withDefaults(schema, value);
  const names = (options.fields ?? Object.keys(all)).filter(
    name => name in all && matters(all[name], effective)
  );
  const titles = [
    ...new Set(['', ...names.map(name => all[name].group ?? '')])
  ];
  return titles
    .map(title => ({
      title,
      names: names.filter(name => (all[name].group ?? '') === title)
    }))
    .filter(group => group.names.length)
    .map(group => ({
      title: group.title,
      schema: part(schema, group.names)
    }));
}

/** The values with the schema's defaults where none is given. */
export function withDefaults(schema: Schema, value: FormValue): FormValue {
  const defaults = Object.entries(schema.properties ?? {})
    .filter(([, field]) => field.default != null)
    .map(([name, field]) => [name, field.default]);
  return { ...Object.fromEntries(defaults), ...value };
}

/** A nullable field is an optional one: in a form, empty is null. */
export function withoutNull(field: Schema): Schema {
  const choices = field.anyOf?.filter(each => each.type !== 'null');
  if (choices?.length !== 1 || choices.length === field.anyOf?.length) {
    return field;
  }
  const { anyOf: _, default: given, ...rest } = field;
  const plain: Schema = { ...rest, ...choices[0] };
  plain.title = field.title;
  plain.description = field.description;
  return given == null ? plain : { ...plain, default: given };
}

/** The field of the form that a server's error speaks of, if it has it. */
export function fieldOf(
  groups: readonly IFieldGroup[],
  path: string | undefined
): string | undefined {
  const name = path?.split('.')[0];
  return name !== undefined &&
    groups.some(group => name in (group.schema.properties ?? {}))
    ? name
    : undefined;
}

function matters(field: Schema, value: FormValue): boolean {
  return !field.onlyWhen || !!value[field.onlyWhen];
}

function part(schema: Schema, names: readonly string[]): Schema {
  const all = schema.properties ?? {};
  const { title: _, description: __, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(
      names.map(name => [name, withoutNull(all[name])])
    ),
    required: schema.required?.filter(name => names.includes(name))
  };
}
