import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Capture, HookStatistics } from '../../api/types';
import { Chart } from '../../ui/charts/chart';
import { Figures } from '../../ui/figures';
import { bytes, exact, measured } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { workOf } from '../../ui/objects/words';
import type { CaptureDocument } from '../document/documentModel';
import { byLayer } from './byLayer';
import { HookTable } from './hookTable';

/** Of each hook point: how long its vectors are, how they lie, and which dimensions stand out. */
export function StatisticsTab(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { capture } = props;
  const { facts, name } = capture;
  if (!facts) {
    return (
      <EmptyState
        sentence={
          workOf(capture)
            ? trans.__('The statistics are there once all vectors are.')
            : trans.__('It has no vectors, so there are no statistics.')
        }
      />
    );
  }
  const chart = byLayer(facts.hooks);
  return (
    <div className="jp-mistudio-Statistics">
      <Figures
        label={trans.__('Figures of %1', name)}
        figures={[
          { name: trans.__('Tokens'), value: exact(facts.tokens) },
          {
            name: trans.__('Counted'),
            value: exact(facts.counted_tokens),
            title: trans.__(
              'Averages are taken over these: without position 0 and special tokens.'
            )
          },
          {
            name: trans.__('Held out'),
            value: exact(facts.held_out_tokens),
            title: trans.__('Of them, those of text kept for evaluation.')
          },
          { name: trans.__('Samples'), value: exact(facts.samples) },
          { name: trans.__('Hook points'), value: exact(facts.hooks.length) },
          { name: trans.__('Size'), value: bytes(facts.bytes) }
        ]}
      />
      {chart && (
        <Chart
          title={trans.__('Mean norm by layer')}
          kind="lines"
          xName={trans.__('Layer')}
          x={chart.layers}
          series={chart.series}
          summary={summaryOf(facts.hooks, trans)}
        />
      )}
      <HookTable hooks={facts.hooks} />
    </div>
  );
}

function summaryOf(
  hooks: readonly HookStatistics[],
  trans: TranslationBundle
): string {
  const [first] = hooks;
  const last = hooks[hooks.length - 1];
  return trans.__(
    'From %1 at %2 to %3 at %4.',
    measured(first.mean_norm),
    first.hook,
    measured(last.mean_norm),
    last.hook
  );
}
