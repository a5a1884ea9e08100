import type { TranslationBundle } from '@jupyterlab/translation';
import type { Statistics } from '../../api/types';
import { placeName } from '../../ui/charts/chartData';
import { exact, measured } from '../../ui/format';

/** Where most samples lie, in a sentence. */
export function histogramSummary(
  { histogram, median }: Statistics['lengths'],
  trans: TranslationBundle
): string {
  const { edges, counts } = histogram;
  const highest = counts.indexOf(Math.max(...counts));
  const bar = placeName(
    { kind: 'bars', xName: '', x: edges, series: [] },
    highest
  );
  return trans.__(
    'Most samples, %1, have %2 tokens; half of all have %3 or less.',
    exact(counts[highest]),
    bar,
    measured(median)
  );
}
