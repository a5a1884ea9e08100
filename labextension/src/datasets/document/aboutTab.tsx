import * as React from 'react';
import type { Dataset } from '../../api/types';
import { Facts } from '../../ui/facts';
import { useModel, useTrans } from '../../ui/hooks';
import { Warnings } from '../../ui/notes';
import { RuleTable } from '../deriving/rules';
import { aboutFacts } from './aboutFacts';
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
      <Warnings warnings={dataset.facts?.warnings} />
      <Facts
        label={trans.__('Facts')}
        facts={aboutFacts(dataset, trans, {
          has: id => document.desk.model.dataset(id) !== undefined,
          open: id => document.desk.actions.openId(id)
        })}
      />
      {dataset.facts?.rules?.length ? (
        <section>
          <h3>{trans.__('What each rule did')}</h3>
          <RuleTable rules={dataset.facts.rules} />
        </section>
      ) : null}
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
