import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CleaningRule, Dataset } from '../../api/types';
import type { Fact } from '../../ui/facts';
import { ago, bytes, exact, share, timestamp } from '../../ui/format';
import { ruleWord } from '../deriving/rules';

type Source = Dataset['source'];

/** The way to a dataset that another was made of. */
export interface IOrigins {
  has: (id: string) => boolean;
  open: (id: string) => void;
}

/** Where a dataset came from, and what reading it found. */
export function aboutFacts(
  dataset: Dataset,
  trans: TranslationBundle,
  origins: IOrigins
): Fact[] {
  const { source, facts, job } = dataset;
  const list: Fact[] = [
    [trans.__('Id'), <code key="id">{dataset.id}</code>],
    ...sourceFacts(source, trans, origins)
  ];
  if (facts) {
    list.push(...readFacts(source, facts, trans));
  }
  list.push([
    trans.__('Made'),
    timestamp(dataset.created),
    ago(dataset.created)
  ]);
  if (job) {
    list.push([
      trans.__('Latest job'),
      <code key="job">{job.id}</code>,
      job.label
    ]);
  }
  return list;
}

function sourceFacts(
  source: Source,
  trans: TranslationBundle,
  origins: IOrigins
): Fact[] {
  const kinds: Record<Source['kind'], string> = {
    texts: trans.__('texts handed over'),
    memory: trans.__('data handed over from a notebook'),
    file: trans.__('a file on the server'),
    folder: trans.__('a folder on the server'),
    upload: trans.__('an uploaded file'),
    hub: trans.__('a dataset of the hub'),
    derived: trans.__('made of another dataset')
  };
  const list: Fact[] = [
    [
      trans.__('Source'),
      <React.Fragment key="source">
        <bdi>{source.name}</bdi> ({kinds[source.kind]})
      </React.Fragment>
    ]
  ];
  if (source.path) {
    list.push([trans.__('Path'), <code key="path">{source.path}</code>]);
  }
  if (source.hub) {
    list.push(...hubFacts(source.hub, trans));
  }
  if (source.derived) {
    list.push(...derivedFacts(source.derived, trans, origins));
  }
  if (source.reading) {
    list.push(...readingFacts(source, source.reading, trans));
  }
  return list;
}

/** What was asked for; what it came to is among what reading found. */
function readingFacts(
  { name }: Source,
  reading: NonNullable<Source['reading']>,
  trans: TranslationBundle
): Fact[] {
  const cuts = {
    line: trans.__('a line'),
    paragraph: trans.__('a paragraph'),
    document: trans.__('the whole document')
  };
  const list: Fact[] = [];
  if (/\.txt(\.(gz|zst))?$/i.test(name)) {
    list.push([trans.__('One sample is'), cuts[reading.sample_by]]);
  }
  if (reading.columns && reading.columns.length > 1) {
    list.push([
      trans.__('Between columns'),
      <code key="separator">{JSON.stringify(reading.separator)}</code>
    ]);
  }
  if (reading.split_column !== null) {
    list.push([
      trans.__('Split column'),
      <code key="split">{reading.split_column}</code>
    ]);
  }
  return list;
}

function derivedFacts(
  derived: NonNullable<Source['derived']>,
  trans: TranslationBundle,
  origins: IOrigins
): Fact[] {
  const { dataset, name, cleaned, arranged } = derived;
  const list: Fact[] = [
    [
      trans.__('Made of'),
      origins.has(dataset) ? (
        <button
          key="origin"
          type="button"
          className="jp-mistudio-Link"
          onClick={() => origins.open(dataset)}
        >
          <bdi>{name}</bdi>
        </button>
      ) : (
        <React.Fragment key="origin">
          <bdi>{name}</bdi> {trans.__('(which is gone)')}
        </React.Fragment>
      ),
      dataset
    ]
  ];
  if (cleaned) {
    const rules = Object.entries(cleaned)
      .filter(([, value]) => value)
      .map(([rule, value]) =>
        value === true
          ? ruleWord(rule as CleaningRule, trans)
          : `${ruleWord(rule as CleaningRule, trans)}: ${value}`
      );
    list.push([trans.__('Cleaned'), rules.join(' · ')]);
  }
  if (arranged) {
    list.push([
      trans.__('Arranged'),
      arrangedWords(arranged, trans).join(' · ')
    ]);
  }
  return list;
}

function arrangedWords(
  arranged: NonNullable<NonNullable<Source['derived']>['arranged']>,
  trans: TranslationBundle
): string[] {
  const {
    only,
    limit,
    validation_share: validation,
    test_share: test
  } = arranged;
  const words = [
    arranged.shuffle
      ? trans.__('shuffled')
      : trans.__('in the order that it had'),
    trans.__('seed %1', String(arranged.seed))
  ];
  if (only !== null) {
    words.push(trans.__('only the split “%1”', only));
  }
  if (limit !== null) {
    words.push(trans.__('at most %1 samples', exact(limit)));
  }
  if (validation > 0) {
    words.push(trans.__('validation %1', share(validation)));
  }
  if (test > 0) {
    words.push(trans.__('test %1', share(test)));
  }
  return words;
}

function readFacts(
  source: Source,
  facts: NonNullable<Dataset['facts']>,
  trans: TranslationBundle
): Fact[] {
  const held = {
    auto: trans.__('text'),
    text: trans.__('text'),
    messages: trans.__('conversations (messages)'),
    sharegpt: trans.__('conversations (ShareGPT)'),
    alpaca: trans.__('conversations (Alpaca)')
  };
  const list: Fact[] = [[trans.__('Rows hold'), held[facts.rows]]];
  if (facts.columns?.length) {
    list.push([
      trans.__('Text columns'),
      <code key="columns">{facts.columns.join(', ')}</code>
    ]);
  }
  if (source.path !== null || facts.files > 1) {
    list.push([trans.__('Files'), exact(facts.files)]);
  }
  list.push([trans.__('Samples'), exact(facts.samples)]);
  if (facts.conversations) {
    list.push([trans.__('Conversations'), exact(facts.conversations)]);
  }
  const splits = Object.entries(facts.splits);
  list.push(
    [trans.__('Characters'), exact(facts.characters)],
    [trans.__('Size'), bytes(facts.bytes), trans.__('Stored text on disk')],
    [
      trans.__('Splits'),
      splits.map(([name, count]) => `${name} ${exact(count)}`).join(' · ')
    ],
    [
      trans.__('Bad rows'),
      exact(facts.bad_rows),
      trans.__('Rows that held no usable text and were left out.')
    ],
    [
      trans.__('Repaired rows'),
      exact(facts.repaired_rows),
      trans.__('Rows with bytes that are not UTF-8; each such byte became �.')
    ],
    [
      trans.__('Fingerprint'),
      <code key="print">{facts.fingerprint}</code>,
      trans.__('SHA-256 of all samples in order.')
    ]
  );
  return list;
}

function hubFacts(
  hub: NonNullable<Source['hub']>,
  trans: TranslationBundle
): Fact[] {
  const asked: [string, string | null][] = [
    [trans.__('Hub'), hub.endpoint],
    [trans.__('Configuration'), hub.config],
    [trans.__('Split'), hub.split],
    [trans.__('Revision'), hub.revision],
    [trans.__('Commit'), hub.commit],
    [
      trans.__('Row limit'),
      hub.row_limit === null ? null : exact(hub.row_limit)
    ]
  ];
  return asked.flatMap(([name, value]): Fact[] =>
    value ? [[name, <code key={name}>{value}</code>]] : []
  );
}
