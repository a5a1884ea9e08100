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
  /** What can be chosen for a field whose schema cannot know it. */
  choices?: FieldChoices;
}

/** One thing that a field can be, as only the moment knows it: a column of a file, a split of a dataset. */
export interface IChoice {
  value: string;
  /** What more is to be said of it, such as its type and an example. */
  detail?: string;
  /** Why it cannot be chosen; it is shown all the same. */
  blocked?: string;
}

export type FieldChoices = Readonly<Record<string, readonly IChoice[]>>;

/** The groups of a form, without fields that do not matter with these values. */
export function formGroups(
  schema: Schema,
  value: FormValue,
  options: IFormOptions = {}
): IFieldGroup[] {
  const all = schema.properties ?? {};
  const effective = withDefaults(schema, value);
  const names = (options.fields ?? Object.keys(all)).filter(
    name => name in all && matters(all, name, effective)
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
      schema: part(schema, group.names, effective, options.choices)
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
  // Empty is not the default then: it must be told from a field that nobody touched.
  return given == null ? plain : { ...plain, default: given, nullable: true };
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

/** A terse value of a schema as words: “longest_first” as “Longest first”; what has a number, as “float32”, is a name. */
export function inWords(value: unknown): string {
  if (/\d/.test(String(value))) {
    return String(value);
  }
  const words = String(value).replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** “special” asks whether that field is set, “layout=rows|packed” whether it has one of these values. With a value that the rules do not know, all may matter. */
function matters(
  all: Record<string, Schema>,
  name: string,
  value: FormValue
): boolean {
  const { onlyWhen } = all[name];
  if (!onlyWhen) {
    return true;
  }
  const at = onlyWhen.indexOf('=');
  if (at < 0) {
    return !!value[onlyWhen];
  }
  const field = onlyWhen.slice(0, at);
  const now = String(value[field]);
  const known = all[field]?.known;
  return (
    (known !== undefined && !known.includes(now)) ||
    onlyWhen
      .slice(at + 1)
      .split('|')
      .includes(now)
  );
}

function part(
  schema: Schema,
  names: readonly string[],
  value: FormValue,
  choices: FieldChoices = {}
): Schema {
  const all = schema.properties ?? {};
  const { title: _, description: __, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(
      names.map(name => {
        const { default: usual, ...plain } = withoutNull(all[name]);
        const field =
          usual === undefined || value[name] === null
            ? plain
            : { ...plain, default: usual };
        const known = choices[name];
        return [
          name,
          known && field.type === 'string'
            ? oneOf(field, known, value[name])
            : field
        ];
      })
    ),
    required: schema.required?.filter(name => names.includes(name))
  };
}

/** A text as a choice; what it is now stays one, so that it is seen. */
function oneOf(
  field: Schema,
  choices: readonly IChoice[],
  now: unknown
): Schema {
  const { minLength: _, maxLength: __, ...rest } = field;
  const values = choices
    .filter(each => each.blocked === undefined)
    .map(each => each.value);
  const isOther = typeof now === 'string' && !values.includes(now);
  return {
    ...rest,
    enum: isOther ? [now, ...values] : values,
    // They are names already, and shown as they are.
    areNames: true
  };
}
