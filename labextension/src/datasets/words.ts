// What is said of a dataset or a tokenization: facts for rows, documents and inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Dataset, SourceLook, Tokenization } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, exact, short } from '../ui/format';
import { workFacts } from '../ui/objects/words';
import { isDataset, type DatasetObject } from './model';

/** The two or three facts that tell a row from its neighbors. */
export function rowFacts(
  object: DatasetObject,
  trans: TranslationBundle
): string[] {
  return (
    workFacts(object, trans) ??
    (isDataset(object)
      ? datasetFacts(object, trans)
      : tokenizationFacts(object, trans))
  );
}

function datasetFacts({ facts }: Dataset, trans: TranslationBundle): string[] {
  if (!facts) {
    return [];
  }
  const splits = Object.keys(facts.splits).length;
  const { conversations } = facts;
  return [
    conversations && conversations === facts.samples
      ? trans._n(
          '%2 conversation',
          '%2 conversations',
          conversations,
          exact(conversations)
        )
      : samples(facts.samples, trans),
    bytes(facts.bytes),
    trans._n('%2 split', '%2 splits', splits, exact(splits))
  ];
}

function tokenizationFacts(
  object: Tokenization,
  trans: TranslationBundle
): string[] {
  const { facts } = object;
  return facts
    ? [
        trans.__('%1 tokens', short(facts.tokens)),
        layoutWords(object, trans),
        bytes(facts.bytes)
      ]
    : [];
}

/** What its tokens stand in: packed blocks, or a row for each sample. */
export function layoutWords(
  { layout, max_length: length, truncation }: Tokenization,
  trans: TranslationBundle
): string {
  if (layout === 'packed') {
    return trans.__('blocks of %1', exact(length));
  }
  return truncation === 'none'
    ? trans.__('rows of any length')
    : trans.__('rows up to %1', exact(length));
}

export function samples(count: number, trans: TranslationBundle): string {
  return trans._n('%2 sample', '%2 samples', count, exact(count));
}

/** As it leaves for a notebook. */
export function asStudioObject(
  object: DatasetObject,
  trans: TranslationBundle
): IStudioObject {
  const { id, name } = object;
  if (isDataset(object)) {
    const detail = object.facts
      ? samples(object.facts.samples, trans)
      : trans.__('not ready yet');
    return { kind: 'dataset', id, name, detail };
  }
  const detail = object.facts
    ? trans.__(
        '%1 tokens in %2',
        exact(object.facts.tokens),
        layoutWords(object, trans)
      )
    : trans.__('not ready yet');
  return { kind: 'tokenization', id, name, detail };
}

/** What the rows of a source hold. */
export function rowsWords(
  rows: SourceLook['rows'],
  trans: TranslationBundle
): string {
  const words: Record<SourceLook['rows'], string> = {
    auto: trans.__('rows'),
    text: trans.__('rows with text'),
    messages: trans.__('conversations (messages)'),
    sharegpt: trans.__('conversations (ShareGPT)'),
    alpaca: trans.__('conversations (Alpaca)')
  };
  return words[rows];
}
