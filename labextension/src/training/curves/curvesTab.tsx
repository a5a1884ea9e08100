import { Button, ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Training } from '../../api/types';
import { Chart } from '../../ui/charts/chart';
import type { Range } from '../../ui/charts/plot';
import { saveFrom } from '../../ui/download';
import { exact, measured } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { openMenu } from '../../ui/menu';
import { EmptyState, ErrorNote } from '../../ui/notes';
import type { TrainingDocument } from '../document/documentModel';
import type { CurvesModel } from './curvesModel';
import { chartsOf } from './drawn';
import { frequencyChart } from './frequencies';

const HEIGHT = 190;
/** Charts stand beside one another where there is room for two of them. */
const TWO = 720;
/** Drawn anew only for other numbers or another part of the run. */
const Curve = React.memo(Chart);

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
  // What draws comes while the server looks for the numbers.
  React.useEffect(() => void import('uplot'), []);
  const onRange = React.useCallback(
    (range: Range | null) => {
      curves.range = range;
    },
    [curves]
  );
  const {
    training: ofTraining,
    evaluation,
    machine,
    smoothing,
    width
  } = curves;
  const charts = React.useMemo(
    () =>
      chartsOf(
        { training: ofTraining, evaluation, machine, smoothing, width },
        training,
        trans
      ),
    [ofTraining, evaluation, machine, smoothing, width, training, trans]
  );
  const frequencies = React.useMemo(
    () => frequencyChart(training.facts, trans),
    [training, trans]
  );
  const hasRows = ofTraining.some(each => each.rows > 0);
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
            {charts.map(chart => (
              <Curve
                key={chart.title}
                kind="lines"
                xName={trans.__('Step')}
                isLoose
                height={HEIGHT}
                syncKey={`mistudio-${training.id}`}
                range={curves.range}
                onRange={onRange}
                {...chart}
              />
            ))}
            {frequencies && (
              <Curve
                title={trans.__('How often features fire')}
                height={HEIGHT}
                {...frequencies}
              />
            )}
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
  const { client } = document.desk.studio;
  const save = (
    of: 'training' | 'evaluation' | 'machine',
    format: 'csv' | 'json'
  ) =>
    saveFrom(
      client.address('/trainings/{id}/metrics/download', {
        path: { id: training.id },
        query: { of, format }
      })
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
            {
              label: trans.__('Save all steps as CSV'),
              run: () => save('training', 'csv')
            },
            {
              label: trans.__('Save all steps as JSON'),
              run: () => save('training', 'json')
            },
            {
              label: trans.__('Save evaluations as CSV'),
              run: () => save('evaluation', 'csv')
            },
            {
              label: trans.__('Save speed and memory as CSV'),
              run: () => save('machine', 'csv')
            }
          ])
        }
      >
        <ellipsesIcon.react tag="span" />
      </Button>
    </div>
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
