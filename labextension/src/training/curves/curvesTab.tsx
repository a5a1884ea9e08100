import { Button, ellipsesIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MetricsPage, Training } from '../../api/types';
import { Chart } from '../../ui/charts/chart';
import type { ISeries } from '../../ui/charts/chartData';
import { exact, measured } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { openMenu } from '../../ui/menu';
import { EmptyState, ErrorNote } from '../../ui/notes';
import type { TrainingDocument } from '../document/documentModel';
import { lastOf, withSmoothing, type ICurve } from './curves';
import type { CurvesModel } from './curvesModel';
import { downloadMetrics } from './download';
import { targetOf } from './target';

const HEIGHT = 190;
/** Charts stand beside one another where there is room for two of them. */
const TWO = 720;

/** All numbers of the run by step: the same cursor, and the same part of the run, in all charts. */
export function CurvesTab(props: {
  document: TrainingDocument;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { document, training } = props;
  const curves = useModel(document.curves);
  const node = React.useRef<HTMLDivElement>(null);
  useWidth(node, width => {
    curves.width = width < TWO ? width : width / 2;
  });
  const hasRows = curves.training.some(each => each.rows > 0);
  return (
    <div ref={node} className="jp-mistudio-Curves">
      {curves.error && (
        <ErrorNote
          error={curves.error}
          action={{
            label: trans.__('Try again'),
            run: () => curves.refresh()
          }}
        />
      )}
      {hasRows || curves.range ? (
        <>
          <Head curves={curves} training={training} document={document} />
          <div className="jp-mistudio-Curves-charts">
            {chartsOf(curves, training, trans).map(chart => (
              <Chart
                key={chart.title}
                kind="lines"
                xName={trans.__('Step')}
                isLoose
                height={HEIGHT}
                syncKey={`mistudio-${training.id}`}
                range={curves.range}
                onRange={range => {
                  curves.range = range;
                }}
                {...chart}
              />
            ))}
          </div>
        </>
      ) : (
        curves.isLoaded && (
          <EmptyState
            sentence={trans.__(
              'Nothing was noted yet. Curves begin with the first steps.'
            )}
          />
        )
      )}
    </div>
  );
}

function Head(props: {
  curves: CurvesModel;
  training: Training;
  document: TrainingDocument;
}): JSX.Element {
  const trans = useTrans();
  const { curves, training, document } = props;
  const id = React.useId();
  const save = (format: 'csv' | 'json') =>
    void document.desk.actions.try(() =>
      downloadMetrics(document.desk.studio.client, training, format)
    );
  return (
    <div className="jp-mistudio-Choice">
      <span>
        <label htmlFor={id}>{trans.__('Smoothing')}</label>
        <input
          id={id}
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={curves.smoothing}
          aria-valuetext={
            curves.smoothing ? measured(curves.smoothing) : trans.__('none')
          }
          onChange={({ target }) => {
            curves.smoothing = target.valueAsNumber;
          }}
        />
      </span>
      {curves.range && (
        <button
          type="button"
          className="jp-mistudio-Link"
          onClick={() => {
            curves.range = null;
          }}
        >
          {trans.__(
            'Steps %1 to %2: show all',
            exact(curves.range[0]),
            exact(curves.range[1])
          )}
        </button>
      )}
      <Button
        minimal
        small
        aria-haspopup="menu"
        title={trans.__('Save all numbers')}
        aria-label={trans.__('Save all numbers')}
        onClick={event =>
          openMenu(event.currentTarget as HTMLElement, [
            { label: trans.__('Save all as CSV'), run: () => save('csv') },
            { label: trans.__('Save all as JSON'), run: () => save('json') }
          ])
        }
      >
        <ellipsesIcon.react tag="span" />
      </Button>
    </div>
  );
}

interface IDrawn {
  title: string;
  summary: string;
  x: readonly number[];
  series: readonly ISeries[];
  startsLog?: boolean;
}

function chartsOf(
  curves: CurvesModel,
  training: Training,
  trans: TranslationBundle
): IDrawn[] {
  const names = namesOf(training, curves.training.length);
  const ofTraining = (column: string) =>
    linesOf(curves.training, column, names);
  const chart = (
    title: string,
    lines: readonly ICurve[],
    more: { startsLog?: boolean; target?: number | null; isRaw?: boolean } = {}
  ): IDrawn => {
    const { x, series } = withSmoothing(
      lines,
      more.isRaw ? 0 : curves.smoothing
    );
    const { target = null, startsLog } = more;
    return {
      title,
      startsLog,
      summary: summaryOf(lines, trans),
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
      names.map(each => trans.__('FVU, %1', each))
    ),
    ...linesOf(
      curves.evaluation,
      'loss_recovered',
      names.map(each => trans.__('loss recovered, %1', each)),
      names.length
    )
  ].filter(each => lastOf(each.values) !== null);
  const machine = curves.machine ? [curves.machine] : [];
  const gpu = linesOf(machine, 'gpu_use', [trans.__('GPU')]);
  return [
    chart(trans.__('Loss'), ofTraining('loss'), { startsLog: true }),
    chart(trans.__('L0'), ofTraining('l0'), { target: targetOf(training) }),
    chart(trans.__('FVU'), ofTraining('fvu')),
    // Few, and far apart: they are what they are.
    chart(trans.__('On held-out text'), held, { isRaw: true }),
    chart(trans.__('Dead features'), ofTraining('dead')),
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
      trans.__('Memory, bytes'),
      linesOf(machine, 'memory', [trans.__('worker')]),
      { isRaw: true }
    ),
    ...(gpu.some(each => lastOf(each.values) !== null)
      ? [chart(trans.__('GPU utilization'), gpu)]
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
function summaryOf(lines: readonly ICurve[], trans: TranslationBundle): string {
  const [first] = lines;
  if (lines.length === 1) {
    const last = lastOf(first.values);
    return trans.__(
      '%1 at step %2',
      measured(last),
      exact(first.steps[first.steps.length - 1])
    );
  }
  return lines
    .map(each => `${each.name}: ${measured(lastOf(each.values))}`)
    .join('; ');
}

function namesOf({ facts }: Training, count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => facts?.saes[at]?.title ?? `SAE ${at + 1}`
  );
}

/** Tells how wide the element is, and 0 while it is hidden. */
function useWidth(
  node: React.RefObject<HTMLElement>,
  tell: (width: number) => void
): void {
  const latest = React.useRef(tell);
  latest.current = tell;
  React.useEffect(() => {
    const element = node.current!;
    const look = () => latest.current(element.offsetWidth);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => {
      observer.disconnect();
      latest.current(0);
    };
  }, [node]);
}
