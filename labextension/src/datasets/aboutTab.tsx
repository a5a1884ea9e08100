import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Dataset } from '../api/types';
import { Facts, type Fact } from '../ui/facts';
import { ago, bytes, exact, timestamp } from '../ui/format';
import { useModel, useTrans } from '../ui/hooks';
import type { DatasetDocument } from './documentModel';

/** Where it came from, what reading it found, and what its owner wrote about it. */
export function AboutTab(props: {
  document: DatasetDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const { dataset } = document;
  if (!dataset) {
    return null;
  }
  return (
    <div className="jp-mistudio-About">
      <Own key={dataset.id} document={document} dataset={dataset} />
      <Facts label={trans.__('Facts')} facts={factsOf(dataset, trans)} />
      {dataset.facts && dataset.facts.bad_examples.length > 0 && (
        <section>
          <h3>{trans.__('Examples of bad rows')}</h3>
          <ul className="jp-mistudio-About-bad">
            {dataset.facts.bad_examples.map((example, at) => (
              <li key={at}>
                <bdi>{example}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function factsOf(dataset: Dataset, trans: TranslationBundle): Fact[] {
  const { source, facts, job } = dataset;
  const kinds = {
    texts: trans.__('texts handed over'),
    file: trans.__('a file on the server'),
    upload: trans.__('an uploaded file'),
    hub: trans.__('a dataset of the hub')
  };
  const cuts = {
    line: trans.__('a line'),
    paragraph: trans.__('a paragraph'),
    document: trans.__('the whole document')
  };
  const list: Fact[] = [
    [trans.__('Id'), <code key="id">{dataset.id}</code>],
    [trans.__('Source'), source.name, kinds[source.kind]]
  ];
  if (source.path) {
    list.push([trans.__('Path'), <code key="path">{source.path}</code>]);
  }
  if (source.hub) {
    list.push(...hubFacts(source.hub, trans));
  }
  list.push(
    source.name.endsWith('.txt')
      ? [trans.__('One sample is'), cuts[source.sample_by]]
      : [trans.__('Text field'), <code key="field">{source.text_field}</code>]
  );
  if (facts) {
    const splits = Object.entries(facts.splits);
    list.push(
      [trans.__('Samples'), exact(facts.samples)],
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

function hubFacts(
  hub: NonNullable<Dataset['source']['hub']>,
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

/** Tags and notes: kept when one leaves the field. */
function Own(props: {
  document: DatasetDocument;
  dataset: Dataset;
}): JSX.Element {
  const trans = useTrans();
  const { document, dataset } = props;
  const id = React.useId();
  const save = (changes: { tags?: string[]; notes?: string }) =>
    document.desk.actions.edit(dataset, changes);
  return (
    <div className="jp-mistudio-About-own">
      <label htmlFor={`${id}tags`}>{trans.__('Tags')}</label>
      <Draft
        id={`${id}tags`}
        value={dataset.tags.join(', ')}
        placeholder={trans.__('words to find it by, with commas between')}
        onSave={text => save({ tags: tagsIn(text) })}
      />
      <label htmlFor={`${id}notes`}>{trans.__('Notes')}</label>
      <Draft
        id={`${id}notes`}
        value={dataset.notes}
        rows={4}
        maxLength={20000}
        placeholder={trans.__('what you want to remember about it')}
        onSave={notes => save({ notes })}
      />
    </div>
  );
}

export function tagsIn(text: string): string[] {
  const tags = text.split(',').map(tag => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

/** A field that keeps what is typed until the server has it; what others write shows when nobody types. */
function Draft(props: {
  id: string;
  value: string;
  placeholder: string;
  rows?: number;
  maxLength?: number;
  /** Whether it is kept now. */
  onSave: (text: string) => Promise<boolean>;
}): JSX.Element {
  const { value, onSave, rows, ...rest } = props;
  const [text, setText] = React.useState<string | null>(null);
  const common = {
    ...rest,
    className: 'jp-mod-styled',
    value: text ?? value,
    onChange: (event: { target: { value: string } }) =>
      setText(event.target.value),
    onBlur: async () => {
      if (text === null || text === value || (await onSave(text))) {
        // Unless somebody types again by now.
        setText(now => (now === text ? null : now));
      }
    }
  };
  return rows ? <textarea rows={rows} {...common} /> : <input {...common} />;
}
