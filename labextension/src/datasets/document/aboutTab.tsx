import * as React from 'react';
import { Facts } from '../../ui/facts';
import { useModel, useTrans } from '../../ui/hooks';
import { Warnings } from '../../ui/notes';
import { OwnWords } from '../../ui/objects/own';
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
  const { model, actions } = document.desk;
  return (
    <div className="jp-mistudio-About">
      <OwnWords key={dataset.id} object={dataset} actions={actions} />
      <Warnings warnings={dataset.facts?.warnings} />
      <Facts
        label={trans.__('Facts')}
        facts={aboutFacts(dataset, trans, {
          has: id => model.dataset(id) !== undefined,
          open: id => actions.openId(id)
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
