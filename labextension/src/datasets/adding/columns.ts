// What of a file can be chosen as its text. No React here.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ColumnLook, SourceLook } from '../../api/types';
import type { FieldChoices, FormValue } from '../../ui/formSchema';

/** A cell of any of these can stand for a split's name. */
const SHORT: readonly ColumnLook['type'][] = ['text', 'number', 'boolean'];

/** Which fields say how this source is read; plain text has no columns. */
export function readingFields(
  look: SourceLook,
  value: FormValue
): readonly string[] {
  const fields: string[] = [];
  if (look.formats.some(each => each.includes('txt'))) {
    fields.push('sample_by');
  }
  if (look.columns.length) {
    const columns = (value.columns as string[] | undefined) ?? look.chosen;
    fields.push('rows', 'columns');
    if (columns.length > 1 && look.rows === 'text') {
      fields.push('separator');
    }
    fields.push('split_column');
  }
  return fields;
}

export function choicesOf(
  look: SourceLook,
  trans: TranslationBundle
): FieldChoices {
  return {
    columns: look.columns.map(column => ({
      value: column.name,
      detail: `${typeWord(column, trans)}  ${column.example}`.trim(),
      blocked: blockedFor(column, look.rows, trans)
    })),
    split_column: look.columns
      .filter(({ type }) => SHORT.includes(type))
      .map(({ name }) => ({ value: name }))
  };
}

/** Why a column cannot be the text of such rows. */
function blockedFor(
  { type }: ColumnLook,
  rows: SourceLook['rows'],
  trans: TranslationBundle
): string | undefined {
  switch (rows) {
    case 'messages':
    case 'sharegpt':
      // In a table of texts the list is written as JSON.
      return type === 'list' || type === 'text'
        ? undefined
        : trans.__('A conversation is a list of messages.');
    case 'alpaca':
      return trans.__(
        'Of Alpaca rows, instruction, input and output are read.'
      );
    default:
      return ['text', 'bytes', 'empty'].includes(type)
        ? undefined
        : trans.__('It holds no text.');
  }
}

function typeWord({ type }: ColumnLook, trans: TranslationBundle): string {
  const words: Record<ColumnLook['type'], string> = {
    text: trans.__('text'),
    number: trans.__('number'),
    boolean: trans.__('yes or no'),
    list: trans.__('list'),
    object: trans.__('object'),
    bytes: trans.__('bytes'),
    empty: trans.__('empty'),
    other: trans.__('other')
  };
  return words[type];
}
