import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Tokenization, TokenizationComparison } from '../../api/types';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';
import { BothLengths } from './bothLengths';
import { BothSamples } from './bothSamples';
import { Differences } from './differences';

/** Two tokenizations: what differs in how they were made, in what came of it, and in one sample. */
export function CompareTab(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { comparison, desk, tokenizations } = document;
  const { pair, error } = useModel(comparison);
  const all = useSignal(desk.model.changed, () => desk.model.tokenizations);
  const others = all.filter(each => each.parent !== document.id);
  const find = (id: string | null) => all.find(each => each.id === id);
  const first = find(pair[0]) ?? tokenizations[0];
  const second =
    find(pair[1]) ??
    [...tokenizations, ...others].find(each => each.id !== first?.id);
  // What was found changes with the state alone.
  const key = [first, second].map(each => `${each?.id}${each?.state}`).join();
  React.useEffect(() => {
    if (first && second) {
      void comparison.load(first, second);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [comparison, key]);
  if (!first || !second) {
    return (
      <EmptyState
        sentence={trans.__('Two tokenizations are needed to compare them.')}
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
  const { result } = comparison;
  const isOfThese =
    result?.first.id === first.id && result.second.id === second.id;
  return (
    <div className="jp-mistudio-Compare">
      <div className="jp-mistudio-Choice">
        <Choice
          label={trans.__('First')}
          value={first.id}
          document={document}
          others={others}
          onChange={id => comparison.choose(id, second.id)}
        />
        <Choice
          label={trans.__('Second')}
          value={second.id}
          document={document}
          others={others}
          onChange={id => comparison.choose(first.id, id)}
        />
      </div>
      {error && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void comparison.load(first, second)
          }}
        />
      )}
      {isOfThese ? (
        <Sides document={document} result={result} pair={[first, second]} />
      ) : (
        !error && <p role="status">{trans.__('Loading…')}</p>
      )}
    </div>
  );
}

function Sides(props: {
  document: DatasetDocument;
  result: TokenizationComparison;
  pair: readonly [Tokenization, Tokenization];
}): JSX.Element {
  const trans = useTrans();
  const { document, result, pair } = props;
  const names = [pair[0].name, pair[1].name] as const;
  return (
    <>
      {!result.same_text && (
        <p>
          {trans.__(
            'They were made of different texts: their counts differ for that too.'
          )}
        </p>
      )}
      <Differences
        title={trans.__('Parameters that differ')}
        nothing={trans.__('Both were made in the same way.')}
        names={names}
        rows={result.parameters}
      />
      <Differences
        title={trans.__('Counts')}
        nothing={trans.__('There are counts once both are ready.')}
        names={names}
        rows={result.counts}
        withDifference
      />
      <BothLengths document={document} pair={pair} />
      <BothSamples document={document} result={result} pair={pair} />
    </>
  );
}

function Choice(props: {
  label: string;
  value: string;
  document: DatasetDocument;
  others: readonly Tokenization[];
  onChange: (id: string) => void;
}): JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  const { document, others } = props;
  const options = (list: readonly Tokenization[]) =>
    list.map(each => (
      <option key={each.id} value={each.id}>
        {each.name}
      </option>
    ));
  return (
    <span>
      <label htmlFor={id}>{props.label}</label>
      <HTMLSelect
        id={id}
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      >
        {others.length ? (
          <>
            <optgroup label={trans.__('of this dataset')}>
              {options(document.tokenizations)}
            </optgroup>
            <optgroup label={trans.__('of other datasets')}>
              {options(others)}
            </optgroup>
          </>
        ) : (
          options(document.tokenizations)
        )}
      </HTMLSelect>
    </span>
  );
}
