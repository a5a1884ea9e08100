// The charts of a run: which columns are in which, and what they are called. No React here.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { MetricsPage, Training } from '../../api/types';
import type { Unit } from '../../ui/charts/axis';
import { valueName, type ISeries } from '../../ui/charts/chartData';
import { exact, measured } from '../../ui/format';
import { shortTitles } from '../titles';
import { lastOf, stretchesIn, withSmoothing, type ICurve } from './curves';
import type { CurvesModel } from './curvesModel';
import { targetOf } from './target';

type Numbers = Pick<
  CurvesModel,
  'training' | 'evaluation' | 'machine' | 'smoothing' | 'width'
>;

export interface IDrawn {
  title: string;
  summary: string;
  x: readonly number[];
  series: readonly ISeries[];
  unit?: Unit;
  startsLog?: boolean;
}

/** All charts that have something to show. */
export function chartsOf(
  curves: Numbers,
  training: Training,
  trans: TranslationBundle
): IDrawn[] {
  const names = namesOf(training, curves.training.length);
  const ofTraining = (column: string) =>
    linesOf(curves.training, column, names);
  const chart = (
    title: string,
    lines: readonly ICurve[],
    more: {
      startsLog?: boolean;
      target?: number | null;
      isRaw?: boolean;
      unit?: Unit;
    } = {}
  ): IDrawn => {
    const { x, series } = withSmoothing(
      lines,
      more.isRaw ? 0 : curves.smoothing,
      stretchesIn(curves.width) || Infinity
    );
    const { target = null, startsLog, unit } = more;
    return {
      title,
      startsLog,
      unit,
      summary: summaryOf(lines, unit, trans),
      x,
      series:
        target === null
          ? series
          : [
              ...series,
              {
                name: trans.__('target %1', measured(target)),
                values: x.map(() => target),
                look: 'target',
                color: 3
              }
            ]
    };
  };
  const held = [
    ...linesOf(
      curves.evaluation,
      'fvu',
      names.length === 1
        ? [trans.__('FVU')]
        : names.map(each => trans.__('FVU, %1', each))
    ),
    ...linesOf(
      curves.evaluation,
      'loss_recovered',
      names.length === 1
        ? [trans.__('loss recovered')]
        : names.map(each => trans.__('loss recovered, %1', each)),
      names.length
    )
  ].filter(each => lastOf(each.values) !== null);
  const machine = curves.machine ? [curves.machine] : [];
  const gpu = linesOf(machine, 'gpu_use', [trans.__('GPU')]);
  // Of what not every run has, or has as nothing but 0.
  const ifAny = (title: string, lines: readonly ICurve[], more = {}) =>
    lines.some(each => each.values.some(Boolean))
      ? [chart(title, lines, more)]
      : [];
  return [
    chart(trans.__('Loss'), ofTraining('loss'), { startsLog: true }),
    ...ifAny(trans.__('Sparsity penalty in it'), ofTraining('penalty')),
    ...ifAny(trans.__('Part for dead features in it'), ofTraining('aux'), {
      startsLog: true
    }),
    chart(trans.__('L0'), ofTraining('l0'), { target: targetOf(training) }),
    chart(trans.__('FVU'), ofTraining('fvu')),
    // Few, and far apart: they are what they are.
    chart(trans.__('On held-out text'), held, { isRaw: true }),
    ...ifAny(
      trans.__('CE increase on held-out text'),
      linesOf(curves.evaluation, 'ce_increase', names),
      { isRaw: true }
    ),
    ...ifAny(trans.__('MSE'), ofTraining('mse'), { startsLog: true }),
    ...ifAny(trans.__('L1'), ofTraining('l1')),
    chart(trans.__('Dead features'), ofTraining('dead'), { unit: 'share' }),
    ...ifAny(trans.__('Rare features'), ofTraining('rare'), { unit: 'share' }),
    chart(trans.__('Gradient norm'), ofTraining('gradient_norm'), {
      startsLog: true
    }),
    chart(trans.__('Learning rate'), ofTraining('learning_rate'), {
      isRaw: true
    }),
    chart(
      trans.__('Tokens a second'),
      linesOf(machine, 'tokens_per_second', [trans.__('all SAEs')])
    ),
    chart(
      trans.__('Memory'),
      linesOf(machine, 'memory', [trans.__('worker')]),
      { isRaw: true, unit: 'bytes' }
    ),
    ...(gpu.some(each => lastOf(each.values) !== null)
      ? [chart(trans.__('GPU utilization'), gpu, { unit: 'share' })]
      : [])
  ].filter(each => each.x.length > 0);
}

function linesOf(
  pages: readonly MetricsPage[],
  column: string,
  names: readonly string[],
  color = 0
): ICurve[] {
  return pages.map(({ steps, columns }, at) => ({
    name: names[at] ?? String(at),
    steps,
    values: columns[column] ?? steps.map(() => null),
    color: color + at
  }));
}

/** What the chart's last values are, for those who do not see it. */
function summaryOf(
  lines: readonly ICurve[],
  unit: Unit | undefined,
  trans: TranslationBundle
): string {
  const [first] = lines;
  if (lines.length === 1) {
    const last = lastOf(first.values);
    return trans.__(
      '%1 at step %2',
      valueName(last, unit),
      exact(first.steps[first.steps.length - 1])
    );
  }
  return lines
    .map(each => `${each.name}: ${valueName(lastOf(each.values), unit)}`)
    .join('; ');
}

function namesOf({ facts }: Training, count: number): string[] {
  const titles = shortTitles(facts?.saes.map(each => each.title) ?? []);
  return Array.from(
    { length: count },
    (_, at) => titles[at] ?? `SAE ${at + 1}`
  );
}
