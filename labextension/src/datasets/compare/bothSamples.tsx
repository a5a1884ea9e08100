import * as React from 'react';
import type { Tokenization, TokenizationComparison } from '../../api/types';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { DatasetDocument } from '../document/documentModel';
import { SampleTokensView } from '../samples/sampleTokensView';

/** One sample as both cut it. */
export function BothSamples(props: {
  document: DatasetDocument;
  result: TokenizationComparison;
  pair: readonly [Tokenization, Tokenization];
}): JSX.Element {
  const trans = useTrans();
  const { document, result, pair } = props;
  const { comparison } = document;
  const { row } = useModel(comparison);
  const id = React.useId();
  const total = document.dataset?.facts?.samples ?? 0;
  const last = Math.max(0, total - 1);
  if (!result.same_text) {
    return <p>{trans.__('There is no sample that both were made of.')}</p>;
  }
  return (
    <section aria-labelledby={`${id}title`}>
      <h3 id={`${id}title`}>{trans.__('One sample under both')}</h3>
      <div className="jp-mistudio-Choice">
        <label htmlFor={`${id}row`}>{trans.__('Row')}</label>
        <input
          id={`${id}row`}
          className="jp-mod-styled"
          type="number"
          min={0}
          max={last}
          value={row}
          onChange={event => {
            const wanted = Math.round(Number(event.target.value));
            comparison.chooseRow(Math.max(0, Math.min(last, wanted || 0)));
          }}
        />
        <span>{trans.__('of %1', exact(total))}</span>
      </div>
      <div className="jp-mistudio-Compare-samples">
        {pair.map((each, at) => (
          <Side
            key={at}
            document={document}
            tokenization={each}
            side={at}
            row={row}
          />
        ))}
      </div>
    </section>
  );
}

function Side(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
  side: number;
  row: number;
}): JSX.Element {
  const trans = useTrans();
  const { tokenization, row } = props;
  const model = useModel(props.document.comparison.tokens[props.side]);
  const { id, parent, state } = tokenization;
  const isReady = state === 'ready';
  React.useEffect(() => {
    model.show(isReady ? { dataset: parent, row, tokenization: id } : null);
  }, [model, id, parent, row, isReady]);
  return (
    <div>
      <h4>
        <bdi>{tokenization.name}</bdi>
        {model.count !== null &&
          ` · ${trans._n('%2 token', '%2 tokens', model.count, exact(model.count))}`}
      </h4>
      {isReady ? (
        <SampleTokensView
          model={model}
          label={trans.__('Tokens under %1', tokenization.name)}
        />
      ) : (
        <p>{trans.__('It is not ready yet.')}</p>
      )}
    </div>
  );
}
