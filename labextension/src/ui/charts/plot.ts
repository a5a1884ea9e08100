// uPlot's options for our charts. Colors are read when it draws, so that a theme's change is a redraw.

import type uPlot from 'uplot';
import { logMarks, markNames, shownRange } from './axis';
import type { IChartData, ISeries } from './chartData';

type UPlot = typeof uPlot;

/** Okabe and Ito's, which the color-blind tell apart; see charts.css. */
const SERIES = 7;

/** So few values in a line that each is seen. */
const FEW = 40;

/** Pixels around the names of marks: for the marks themselves, and some air. */
const ROOM_BELOW = 21;
const ROOM_BESIDE = 16;
/** Values of charts below one another begin at the same place. */
const LEAST_BESIDE = 52;

/** From tick to tick where there is nothing between whole numbers. */
const WHOLE = Array.from({ length: 13 }, (_, power) =>
  [1, 2, 5].map(each => each * 10 ** power)
).flat();

export interface IPlotOptions {
  data: IChartData;
  isLog: boolean;
  width: number;
  height: number;
  /** The pointer is here along x; null when it is gone. */
  onCursor: (x: number | null) => void;
  onZoom: (isZoomed: boolean) => void;
  /** Charts with the same one have their cursors at the same place. */
  syncKey?: string;
  /** Where somebody else decides what is shown along x: asked for by brush, and by double click for all. */
  onRange?: (range: Range | null) => void;
}

/** From one value of x to another. */
export type Range = readonly [first: number, last: number];

export function seriesColor(node: Element, series: number): string {
  return color(node, `--jp-mistudio-series-${series % SERIES}`);
}

export function color(node: Element, name: string): string {
  return getComputedStyle(node).getPropertyValue(name).trim() || '#888';
}

/** Columns as uPlot wants them: of one length, and without what a logarithm cannot show. */
export function columnsOf(data: IChartData, isLog: boolean): uPlot.AlignedData {
  return [
    [...data.x],
    ...data.series.map(({ values }) =>
      data.x.map((_, at) => {
        const value = values[at] ?? null;
        return isLog && value !== null && value <= 0 ? null : value;
      })
    )
  ];
}

function marksOf({ x, ticks }: IChartData): Partial<uPlot.Axis> {
  if (ticks) {
    return {
      splits: (_, __, min, max) =>
        ticks.map(each => each.at).filter(at => min <= at && at <= max),
      values: (_, splits) =>
        splits.map(at => ticks.find(each => each.at === at)?.word ?? '')
    };
  }
  return x.every(each => Number.isInteger(each)) ? { incrs: WHOLE } : {};
}

export function fullRange({ x }: IChartData): [number, number] {
  const first = x[0] ?? 0;
  const last = x[x.length - 1] ?? 1;
  return last > first ? [first, last] : [first - 0.5, first + 0.5];
}

export function plot(
  Plot: UPlot,
  node: HTMLElement,
  options: IPlotOptions
): uPlot {
  const { data, isLog, width, height, syncKey, onRange } = options;
  const bars = data.kind === 'bars';
  const { fontFamily, fontSize } = getComputedStyle(node);
  const letter = parseFloat(fontSize) || 11;
  const axis: uPlot.Axis = {
    stroke: () => color(node, '--jp-ui-font-color2'),
    grid: { stroke: () => color(node, '--jp-border-color2'), width: 0.5 },
    ticks: { stroke: () => color(node, '--jp-border-color2'), width: 1 },
    font: `${letter}px ${fontFamily || 'sans-serif'}`
  };
  return new Plot(
    {
      width,
      height,
      legend: { show: false },
      // Half of the last name stands there.
      padding: [8, 1.2 * letter, 0, 0],
      cursor: {
        y: false,
        points: bars ? { show: false } : { size: 7 },
        drag: { x: true, y: false, dist: 5, setScale: !onRange },
        ...(onRange && { bind: { dblclick: () => () => all(onRange) } }),
        ...(syncKey && { sync: syncOf(syncKey) })
      },
      scales: {
        x: {
          time: false,
          range: (_, min, max) => (min < max ? [min, max] : fullRange(data))
        },
        y: {
          distr: isLog ? 3 : 1,
          range: (_, min, max) =>
            isLog
              ? [(min ?? 1) / 2, (max ?? 1) * 1.5]
              : bars
                ? Plot.rangeNum(0, max || 1, 0.1, true)
                : Plot.rangeNum(...shownRange(min ?? 0, max ?? 0), 0.1, true)
        }
      },
      axes: [
        {
          ...axis,
          size: ROOM_BELOW + letter,
          values: (_, marks) => markNames(marks),
          ...marksOf(data)
        },
        {
          ...axis,
          size: (_, names) =>
            Math.max(LEAST_BESIDE, ROOM_BESIDE + widest(names ?? []) * letter),
          ...(isLog ? LOG_MARKS : {}),
          values: (u, marks) =>
            markNames(isLog ? namedOnly(u, marks) : marks, data.unit)
        }
      ],
      series: [
        {},
        ...data.series.map((each, at): uPlot.Series => {
          const stroke = () => strokeOf(node, each, at);
          return {
            label: each.name,
            stroke,
            width: bars || each.look ? 1 : 2,
            dash: each.look === 'target' ? [6, 4] : undefined,
            // One value alone makes no line.
            points: {
              show: u => !bars && !each.look && u.data[0].length <= FEW
            },
            spanGaps: data.isLoose,
            ...(bars ? { fill: () => `${stroke()}66`, paths: barsPath } : {})
          };
        })
      ],
      hooks: {
        setCursor: [
          u => {
            const { left } = u.cursor;
            options.onCursor(
              left === undefined || left < 0 ? null : u.posToVal(left, 'x')
            );
          }
        ],
        setSelect: [
          u => {
            const { left, width: wide } = u.select;
            if (onRange && wide > 0) {
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              onRange([u.posToVal(left, 'x'), u.posToVal(left + wide, 'x')]);
            }
          }
        ],
        setScale: [
          (u, key) => {
            if (key === 'x') {
              const [first, last] = fullRange(data);
              const { min, max } = u.scales.x;
              options.onZoom((min ?? first) > first || (max ?? last) < last);
            }
          }
        ]
      }
    },
    columnsOf(data, isLog),
    node
  );
}

/** All marks have lines, and only some have names. */
const LOG_MARKS: Partial<uPlot.Axis> = {
  splits: (_, __, min, max) => logMarks(min, max).at,
  filter: (_, marks) => marks
};

function namedOnly(
  { scales }: uPlot,
  marks: readonly number[]
): (number | null)[] {
  const { min, max } = scales.y;
  const { named } = logMarks(min ?? 1, max ?? 1);
  return marks.map(each => (named.has(each) ? each : null));
}

/** How many times as wide as a letter is high. */
function widest(names: readonly string[]): number {
  return 0.6 * Math.max(0, ...names.map(each => each.length));
}

/** uPlot itself does nothing more then. */
function all(onRange: (range: null) => void): null {
  onRange(null);
  return null;
}

function strokeOf(node: Element, series: ISeries, at: number): string {
  const full = seriesColor(node, series.color ?? at);
  // As in color-mix, which a canvas does not know: all of these colors have six digits.
  return series.look === 'faint' ? `${full}55` : full;
}

/** Only the pointer's place is told to the others, not what it does there. */
function syncOf(key: string): uPlot.Cursor.Sync {
  const pub = (type: string) => type === 'mousemove' || type === 'mouseleave';
  return { key, setSeries: false, scales: ['x', null], filters: { pub } };
}

/** Rectangles between neighbors along x, which need not be equally far apart; equal ones are outlined as one. */
function barsPath(u: uPlot, series: number): uPlot.Series.Paths {
  const fill = new Path2D();
  const stroke = new Path2D();
  const x = u.data[0];
  const values = u.data[series];
  const floor = u.valToPos(Math.max(0, u.scales.y.min ?? 0), 'y', true);
  let before = floor;
  for (let at = 0; at + 1 < x.length; at++) {
    const value = values[at];
    const left = Math.round(u.valToPos(x[at], 'x', true));
    const right = Math.round(u.valToPos(x[at + 1], 'x', true));
    const top = value ? Math.round(u.valToPos(value, 'y', true)) : floor;
    if (top !== before) {
      stroke.moveTo(left, before);
      stroke.lineTo(left, top);
    }
    if (value) {
      fill.rect(left, top, Math.max(1, right - left), floor - top);
      stroke.moveTo(left, top);
      stroke.lineTo(Math.max(left + 1, right), top);
    }
    before = top;
  }
  stroke.moveTo(Math.round(u.valToPos(x[x.length - 1], 'x', true)), before);
  stroke.lineTo(Math.round(u.valToPos(x[x.length - 1], 'x', true)), floor);
  return { stroke, fill };
}
