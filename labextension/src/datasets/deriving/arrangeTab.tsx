import * as React from 'react';
import { bytes, exact, share } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ShareBar } from '../../ui/share';
import type { DatasetDocument } from '../document/documentModel';
import { arrangedSplits } from './arranged';
import { DeriveForm } from './deriveForm';

/** Order, splits and length of a copy, and how many samples each split will have. */
export function ArrangeTab(props: {
  document: DatasetDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const { dataset, desk, drafts } = document;
  if (!dataset?.facts) {
    return <p>{trans.__('It has no text yet.')}</p>;
  }
  const { splits, bytes: size } = dataset.facts;
  return (
    <div className="jp-mistudio-Derive">
      <DeriveForm
        document={document}
        label={trans.__('Shuffle and split')}
        schema="ArrangeDataset"
        value={drafts.arrange}
        choices={{
          only: Object.entries(splits).map(([value, count]) => ({
            value,
            detail: exact(count)
          }))
        }}
        button={trans.__('Make the new dataset')}
        statement={trans.__(
          'A new dataset is made, of at most %1; this one stays as it is.',
          bytes(size)
        )}
        onChange={arrange => document.draft({ arrange })}
        run={() => desk.model.arrange(document.id, drafts.arrange)}
      />
      <Outcome splits={splits} value={drafts.arrange} />
    </div>
  );
}

function Outcome(props: {
  splits: Record<string, number>;
  value: Parameters<typeof arrangedSplits>[1];
}): JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  const { splits, isExact } = arrangedSplits(props.splits, props.value);
  const all = splits.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        {isExact
          ? trans.__('What it will hold')
          : trans.__('What it will hold, about')}
      </h3>
      <table className="jp-mistudio-Counts" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Split')}</th>
            <th scope="col" data-number>
              {trans.__('Samples')}
            </th>
            <th scope="col" data-number>
              {trans.__('Share')}
            </th>
            <td aria-hidden />
          </tr>
        </thead>
        <tbody>
          {splits.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td data-number>{exact(count)}</td>
              <td data-number>{all ? share(count / all) : ''}</td>
              <td className="jp-mistudio-Counts-bar" aria-hidden>
                <ShareBar share={all ? count / all : 0} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{trans.__('all')}</th>
            <td data-number>{exact(all)}</td>
            <td />
            <td aria-hidden />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
