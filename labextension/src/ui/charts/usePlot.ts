import * as React from 'react';
import type uPlot from 'uplot';
import { isSameData, placeAt, placesOf, type IChartData } from './chartData';
import { columnsOf, fullRange, plot as draw, type Range } from './plot';

const HEIGHT = 220;

/** What a chart shares with its neighbors. */
export interface ISharedPlot {
  height?: number;
  /** Charts with the same one have their cursors at the same place. */
  syncKey?: string;
  /** What is shown along x, where somebody else decides it; null is all. */
  range?: Range | null;
  /** What a brush, a key or a double click asks for. */
  onRange?: (range: Range | null) => void;
}

export interface IPlot {
  /** The place under the cursor. */
  place: number | null;
  isZoomed: boolean;
  plot: React.RefObject<uPlot | null>;
  /** Where it is drawn. */
  surface: React.RefObject<HTMLDivElement>;
  onKeyDown: (event: React.KeyboardEvent) => void;
  reset: () => void;
}

/** uPlot in an element of React's: drawn anew with data, size and theme. */
export function usePlot(
  chart: IChartData & ISharedPlot,
  isLog: boolean
): IPlot {
  const surface = React.useRef<HTMLDivElement>(null);
  const plot = React.useRef<uPlot | null>(null);
  const [place, setPlace] = React.useState<number | null>(null);
  const [isZoomed, setZoomed] = React.useState(false);
  const latest = React.useRef(chart);
  latest.current = chart;
  const { kind, height = HEIGHT, syncKey, range } = chart;
  const isShared = chart.onRange !== undefined;
  // Other numbers are given to the chart that there is; another shape is another chart.
  const shape = JSON.stringify(chart.series.map(each => each.name));

  React.useEffect(() => {
    const node = surface.current!;
    let isWanted = true;
    void import('uplot').then(({ default: Plot }) => {
      if (isWanted) {
        plot.current = draw(Plot, node, {
          data: latest.current,
          isLog,
          width: node.clientWidth || 300,
          height,
          onCursor: x =>
            setPlace(x === null ? null : placeAt(latest.current, x)),
          onZoom: setZoomed,
          syncKey,
          onRange: isShared
            ? wanted => latest.current.onRange?.(wanted)
            : undefined
        });
        showRange(plot.current, latest.current);
      }
    });
    const watch = watchLook(node, () => plot.current, height);
    return () => {
      isWanted = false;
      watch();
      plot.current?.destroy();
      plot.current = null;
      setPlace(null);
      setZoomed(false);
    };
  }, [kind, shape, isLog, height, syncKey, isShared]);

  const shown = React.useRef<IChartData>(chart);
  if (!isSameData(shown.current, chart)) {
    shown.current = chart;
  }
  const data = shown.current;
  const [first, last] = range ?? [null, null];
  React.useEffect(() => {
    const u = plot.current;
    u?.batch(() => {
      u.setData(columnsOf(latest.current, isLog));
      showRange(u, latest.current);
    });
  }, [data, isLog, first, last]);

  // Of other numbers there may be fewer.
  const here = place === null ? null : Math.min(place, placesOf(chart) - 1);
  const reset = () => {
    if (latest.current.onRange) {
      latest.current.onRange(null);
      return;
    }
    const [min, max] = fullRange(latest.current);
    plot.current?.setScale('x', { min, max });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const u = plot.current;
    const act = u && keyAction(event.key, u, latest.current, here, reset);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };
  return {
    place: here,
    isZoomed: isShared ? !!range : isZoomed,
    plot,
    surface,
    onKeyDown,
    reset
  };
}

function showRange(u: uPlot, { range }: ISharedPlot): void {
  if (range) {
    u.setScale('x', { min: range[0], max: range[1] });
  }
}

/** Follow the element's width and the page's theme. */
function watchLook(
  node: HTMLElement,
  plot: () => uPlot | null,
  height: number
): () => void {
  const size = new ResizeObserver(() => {
    const u = plot();
    if (u && node.clientWidth && node.clientWidth !== u.width) {
      u.setSize({ width: node.clientWidth, height });
    }
  });
  size.observe(node);
  const theme = new MutationObserver(() => plot()?.redraw(false));
  theme.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
  return () => {
    size.disconnect();
    theme.disconnect();
  };
}

function keyAction(
  key: string,
  u: uPlot,
  data: IChartData & ISharedPlot,
  place: number | null,
  reset: () => void
): (() => void) | null {
  const last = placesOf(data) - 1;
  const walk = (to: number) => () =>
    pointAt(u, data, Math.max(0, Math.min(last, to)));
  switch (key) {
    case 'ArrowRight':
      return walk(place === null ? 0 : place + 1);
    case 'ArrowLeft':
      return walk(place === null ? last : place - 1);
    case 'Home':
      return walk(0);
    case 'End':
      return walk(last);
    case '+':
    case '=':
      return () => zoomIn(u, data, place ?? Math.floor(last / 2));
    case 'Escape':
      return reset;
    default:
      return null;
  }
}

function middleOf({ kind, x }: IChartData, place: number): number {
  return kind === 'bars' ? (x[place] + x[place + 1]) / 2 : x[place];
}

function pointAt(u: uPlot, data: IChartData, place: number): void {
  const left = u.valToPos(middleOf(data, place), 'x');
  u.setCursor({ left, top: u.over.clientHeight / 2 });
}

function zoomIn(u: uPlot, data: IChartData & ISharedPlot, place: number): void {
  const [first, last] = fullRange(data);
  const { min, max } = u.scales.x;
  const quarter = ((max ?? last) - (min ?? first)) / 4;
  const middle = middleOf(data, place);
  const range: Range = [
    Math.max(first, middle - quarter),
    Math.min(last, middle + quarter)
  ];
  if (data.onRange) {
    data.onRange(range);
  } else {
    u.setScale('x', { min: range[0], max: range[1] });
  }
}
