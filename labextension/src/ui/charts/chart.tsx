import { Button, ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type uPlot from 'uplot';
import { saveFile } from '../download';
import { useTrans } from '../hooks';
import { openMenu } from '../menu';
import {
  csvOf,
  placeName,
  valueAt,
  valueName,
  type IChartData
} from './chartData';
import { pictureOf } from './picture';
import { usePlot, type ISharedPlot } from './usePlot';

export interface IChartProps extends IChartData, ISharedPlot {
  title: string;
  /** What the chart tells, in words. */
  summary: string;
  /** As it begins; the reader may change it. */
  startsLog?: boolean;
}

/** Bars or lines with values under the cursor, zoom by brush, and a way out as picture and table. */
export function Chart(props: IChartProps): JSX.Element {
  const trans = useTrans();
  const { title, summary, series } = props;
  const id = React.useId();
  const [isLog, setLog] = React.useState(props.startsLog ?? false);
  const { place, plot, isZoomed, surface, onKeyDown, reset } = usePlot(
    props,
    isLog
  );
  return (
    <figure
      className="jp-mistudio-Chart"
      data-kind={props.kind}
      aria-labelledby={`${id}title`}
    >
      <figcaption className="jp-mistudio-Chart-head">
        <strong id={`${id}title`}>{title}</strong>
        {isZoomed && (
          <button type="button" className="jp-mistudio-Link" onClick={reset}>
            {trans.__('Show all')}
          </button>
        )}
        <span className="jp-mistudio-Chart-tools">
          <label className="jp-mistudio-Chart-log">
            <input
              type="checkbox"
              checked={isLog}
              onChange={event => setLog(event.target.checked)}
            />
            {trans.__('log')}
          </label>
          <Menu chart={props} plot={plot} />
        </span>
      </figcaption>
      <p
        className="jp-mistudio-Chart-summary"
        id={`${id}summary`}
        title={summary}
      >
        {summary}
      </p>
      <div
        ref={surface}
        className="jp-mistudio-Chart-surface"
        role="img"
        tabIndex={0}
        aria-labelledby={`${id}title`}
        aria-describedby={`${id}summary`}
        title={trans.__(
          'Drag to zoom, double click to show all. With the keyboard: arrows walk, + zooms, Escape shows all.'
        )}
        onKeyDown={onKeyDown}
      />
      <p className="jp-mistudio-Chart-values" aria-live="polite">
        {place !== null && (
          <span>
            {props.xName} {placeName(props, place)}
          </span>
        )}
        {series.map(
          (each, at) =>
            each.look !== 'faint' && (
              <span key={at}>
                <span
                  className="jp-mistudio-Chart-swatch"
                  style={{
                    background: `var(--jp-mistudio-series-${(each.color ?? at) % 7})`
                  }}
                  aria-hidden
                />
                <bdi>{each.name}</bdi>
                {place !== null && (
                  <b> {valueName(valueAt(props, each, place), props.unit)}</b>
                )}
              </span>
            )
        )}
      </p>
    </figure>
  );
}

function Menu(props: {
  chart: IChartProps;
  plot: React.RefObject<uPlot | null>;
}): JSX.Element {
  const trans = useTrans();
  const { chart, plot } = props;
  const name = chart.title.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase();
  const savePicture = async () => {
    const u = plot.current;
    const blob = u && (await pictureOf(u, u.root, chart.title, chart.series));
    if (blob) {
      saveFile(`${name}.png`, blob);
    }
  };
  return (
    <Button
      minimal
      small
      title={trans.__('Save the chart')}
      aria-label={trans.__('Save the chart “%1”', chart.title)}
      aria-haspopup="menu"
      onClick={event =>
        openMenu(event.currentTarget as HTMLElement, [
          { label: trans.__('Save as PNG'), run: () => void savePicture() },
          {
            label: trans.__('Save as CSV'),
            run: () =>
              saveFile(
                `${name}.csv`,
                new Blob([csvOf(chart)], { type: 'text/csv' })
              )
          }
        ])
      }
    >
      <ellipsesIcon.react tag="span" />
    </Button>
  );
}
