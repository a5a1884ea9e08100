import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Statistics, Tokenization } from '../../api/types';
import { Chart } from '../../ui/charts/chart';
import { Figures, type IFigure } from '../../ui/figures';
import { ago, exact, measured, share, timestamp } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { SplitTable, TopTokens } from './countTables';
import { histogramSummary } from './histogramWords';

/** Figures, the lengths as a chart, the commonest tokens, and the splits. */
export function StatisticsView(props: {
  statistics: Statistics;
  tokenization: Tokenization;
}): JSX.Element {
  const trans = useTrans();
  const { statistics, tokenization } = props;
  const { edges, counts } = statistics.lengths.histogram;
  return (
    <>
      <Figures
        label={trans.__('Statistics of %1', tokenization.name)}
        figures={figuresOf(statistics, trans)}
      />
      {counts.length > 0 && (
        <Chart
          title={trans.__('Length of samples')}
          kind="bars"
          xName={trans.__('Tokens')}
          x={edges}
          series={[{ name: trans.__('samples'), values: counts }]}
          summary={histogramSummary(statistics.lengths, trans)}
        />
      )}
      <div className="jp-mistudio-Statistics-tables">
        <TopTokens tokens={statistics.top_tokens} name={tokenization.name} />
        <SplitTable splits={statistics.splits} heldOut={statistics.held_out} />
      </div>
      <p className="jp-mistudio-faint" title={timestamp(statistics.computed)}>
        {trans.__('Computed %1.', ago(statistics.computed))}
      </p>
    </>
  );
}

function figuresOf(
  statistics: Statistics,
  trans: TranslationBundle
): IFigure[] {
  const { lengths, held_out: heldOut } = statistics;
  const length = (name: string, value: number | null): IFigure =>
    value === null
      ? { name, value, title: trans.__('There is no sample to measure.') }
      : {
          name,
          value: Number.isInteger(value) ? exact(value) : measured(value)
        };
  const part = statistics.vocabulary_share;
  return [
    { name: trans.__('Samples'), value: exact(statistics.samples) },
    { name: trans.__('Tokens'), value: exact(statistics.tokens) },
    length(trans.__('Mean length'), lengths.mean),
    length(trans.__('Shortest'), lengths.min),
    length(trans.__('Median length'), lengths.median),
    length(trans.__('Longest'), lengths.max),
    { name: trans.__('Unique tokens'), value: exact(statistics.unique_tokens) },
    {
      name: trans.__('Of the vocabulary'),
      value: part === null ? null : share(part),
      title:
        part === null
          ? trans.__('It is not known how large the vocabulary is.')
          : trans.__('Of %1 tokens.', exact(statistics.vocabulary))
    },
    {
      name: trans.__('Held out'),
      value: trans.__('%1 tokens', exact(heldOut.tokens)),
      title: trans.__('In %1 samples.', exact(heldOut.samples))
    }
  ];
}
