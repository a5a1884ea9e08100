import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Tokenization } from '../../api/types';
import { useModel, useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';
import { Counting } from './counting';
import { StatisticsView } from './statisticsView';

/** What was counted of one of the tokenizations, or the way to have it counted. */
export function StatisticsTab(props: {
  document: DatasetDocument;
}): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { tokenizations, drafts } = document;
  const id = React.useId();
  const chosen =
    tokenizations.find(each => each.id === drafts.statisticsOf) ??
    tokenizations[0];
  if (!chosen) {
    return (
      <EmptyState
        sentence={trans.__(
          'Statistics count the tokens of a tokenization, and there is none yet.'
        )}
        button={{
          label: trans.__('New tokenization'),
          run: () => {
            document.tab = 'tokenizations';
            document.beginTokenize();
          }
        }}
      />
    );
  }
  return (
    <div className="jp-mistudio-Statistics">
      <div className="jp-mistudio-Choice">
        <label htmlFor={id}>{trans.__('Tokenization')}</label>
        <HTMLSelect
          id={id}
          value={chosen.id}
          onChange={event =>
            document.draft({ statisticsOf: event.target.value })
          }
        >
          {tokenizations.map(each => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </HTMLSelect>
      </div>
      <Counted key={chosen.id} document={document} tokenization={chosen} />
    </div>
  );
}

function Counted(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
}): JSX.Element {
  const { document, tokenization } = props;
  const store = useModel(document.statistics);
  React.useEffect(() => store.want(tokenization), [store, tokenization]);
  const { statistics } = store.of(tokenization.id);
  return (
    <>
      <Counting document={document} tokenization={tokenization} />
      {statistics && (
        <StatisticsView statistics={statistics} tokenization={tokenization} />
      )}
    </>
  );
}
