// How often the features of SAEs fire, as a chart shows it. No React here.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Evaluation, TrainingFacts } from '../../api/types';
import {
  overBins,
  type IChartData,
  type ITick
} from '../../ui/charts/chartData';
import { exact, share } from '../../ui/format';
import { shortTitles } from '../titles';

type Frequencies = NonNullable<Evaluation['frequencies']>;

interface IKnown {
  title: string;
  tokens: number;
  frequencies: Frequencies;
}

/** Bars over the logarithm of the frequency; features that never fire have none, and stand apart on the left. */
export function frequencyChart(
  facts: TrainingFacts | null,
  trans: TranslationBundle
): (IChartData & { summary: string }) | null {
  const saes = facts?.saes ?? [];
  const titles = shortTitles(saes.map(each => each.title));
  const known = saes.flatMap(({ evaluation }, at) =>
    evaluation?.frequencies
      ? [
          {
            title: titles[at],
            tokens: evaluation.tokens,
            frequencies: evaluation.frequencies
          }
        ]
      : []
  );
  if (!known.length) {
    return null;
  }
  const { x: bins, values } = overBins(known.map(each => each.frequencies));
  const [first] = bins;
  const wide = bins[1] - first;
  const x = [first - 2 * wide, first - wide, ...bins];
  const word = (place: number): string =>
    place === 0
      ? trans.__('no token')
      : place === 1
        ? trans.__('less than %1 of the tokens', share(10 ** first))
        : trans.__(
            '%1 to %2 of the tokens',
            share(10 ** x[place]),
            share(10 ** x[place + 1])
          );
  return {
    kind: 'bars',
    xName: trans.__('Fire on'),
    x,
    series: known.map(({ title, frequencies }, at) => ({
      name:
        known.length > 1
          ? trans.__('features of %1', title)
          : trans.__('features'),
      values: [frequencies.silent, null, ...values[at]]
    })),
    placeWord: word,
    ticks: [
      { at: first - 1.5 * wide, word: trans.__('silent') },
      ...powers(first)
    ],
    summary: known.map(each => summaryOf(each, known.length, trans)).join(' ')
  };
}

function powers(first: number): ITick[] {
  const lowest = Math.ceil(first);
  return Array.from({ length: 1 - lowest }, (_, at) => ({
    at: lowest + at,
    word: lowest + at ? `10${raised(lowest + at)}` : '1'
  }));
}

function raised(power: number): string {
  return [...String(power)]
    .map(each => (each === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(each)]))
    .join('');
}

function summaryOf(
  { title, tokens, frequencies }: IKnown,
  count: number,
  trans: TranslationBundle
): string {
  const { counts, silent, dense, rare } = frequencies;
  const all = silent + counts.reduce((sum, each) => sum + each, 0);
  const said = trans.__(
    'Of %1 features on %2 tokens, %3 are silent and %4 fire on more than a tenth.',
    exact(all),
    exact(tokens),
    exact(silent),
    exact(dense)
  );
  const rarely =
    rare === null
      ? ''
      : ` ${trans.__('%1 fire on less than 1 in 100,000.', exact(rare))}`;
  return `${count > 1 ? `${title}: ` : ''}${said}${rarely}`;
}
