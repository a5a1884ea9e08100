// What a chart shows, and how it leaves as a table. No React here.

import { bytes, exact, measured, share } from '../format';
import type { Unit } from './axis';

export interface ISeries {
  name: string;
  /** One for each place along x; of bars, one less. */
  values: readonly (number | null)[];
  /** faint: the line that another one smooths. target: where it shall go. */
  look?: 'faint' | 'target';
  /** Which color; left out: by its place. */
  color?: number;
}

/** Bars stand between whole numbers: from one x up to, not including, the next. */
export type ChartKind = 'bars' | 'lines';

export interface IChartData {
  kind: ChartKind;
  xName: string;
  x: readonly number[];
  series: readonly ISeries[];
  /** Of the values; left out: plain numbers. */
  unit?: Unit;
  /** Values are those of each series at its own places; between them its line goes on. */
  isLoose?: boolean;
  /** What a place is called, where its number alone would not say it; left out: the number. */
  placeWord?: (place: number) => string;
  /** The marks along x; left out: at round numbers. */
  ticks?: readonly ITick[];
}

export interface ITick {
  at: number;
  word: string;
}

/** How many places there are that have values. */
export function placesOf({ kind, x }: IChartData): number {
  return Math.max(0, kind === 'bars' ? x.length - 1 : x.length);
}

/** The place that lies at this value of x, or nearest to it. */
export function placeAt(data: IChartData, at: number): number | null {
  const { kind, x } = data;
  const count = placesOf(data);
  if (!count) {
    return null;
  }
  let last = 0;
  for (let beyond = count; beyond - last > 1;) {
    const middle = (last + beyond) >> 1;
    if (x[middle] <= at) {
      last = middle;
    } else {
      beyond = middle;
    }
  }
  const isNextCloser =
    kind === 'lines' && last + 1 < count && x[last + 1] - at < at - x[last];
  return isNextCloser ? last + 1 : last;
}

/** Whether both show the same numbers. */
export function isSameData(
  one: Pick<IChartData, 'x' | 'series'>,
  other: Pick<IChartData, 'x' | 'series'>
): boolean {
  return (
    isSame(one.x, other.x) &&
    one.series.length === other.series.length &&
    one.series.every((each, at) => isSame(each.values, other.series[at].values))
  );
}

function isSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return (
    one === other ||
    (one.length === other.length && one.every((each, at) => each === other[at]))
  );
}

/** The value there; of a loose series the latest one before it, too. */
export function valueAt(
  { isLoose }: Pick<IChartData, 'isLoose'>,
  { values }: ISeries,
  place: number
): number | null {
  let at = place;
  while (isLoose && at > 0 && values[at] == null) {
    at--;
  }
  return values[at] ?? null;
}

/** A value in words: of what is counted every digit. */
export function valueName(
  value: number | null | undefined,
  unit?: Unit
): string {
  switch (unit) {
    case 'share':
      return share(value);
    case 'bytes':
      return bytes(value);
    default:
      return Number.isInteger(value) ? exact(value) : measured(value);
  }
}

/** “128–255” for a bar, “744” for a point. */
export function placeName(
  { kind, x, placeWord }: IChartData,
  place: number
): string {
  if (placeWord) {
    return placeWord(place);
  }
  if (kind === 'lines') {
    return measured(x[place]);
  }
  const last = x[place + 1] - 1;
  return last > x[place]
    ? `${exact(x[place])}–${exact(last)}`
    : exact(x[place]);
}

/** As a spreadsheet reads it; nothing in it becomes a formula there. */
export function csvOf(data: IChartData): string {
  const { kind, xName, x, series } = data;
  const { placeWord } = data;
  const bars = kind === 'bars' && !placeWord;
  const head = [
    ...(bars ? [`${xName} ≥`, `${xName} <`] : [xName]),
    ...series.map(each => each.name)
  ];
  const rows = Array.from({ length: placesOf(data) }, (_, place) => [
    placeWord?.(place) ?? x[place],
    ...(bars ? [x[place + 1]] : []),
    ...series.map(each => each.values[place])
  ]);
  return [head, ...rows]
    .map(row => row.map(csvCell).join(',') + '\r\n')
    .join('');
}

export function csvCell(value: string | number | null | undefined): string {
  if (value == null) {
    return '';
  }
  if (typeof value === 'number') {
    return String(value);
  }
  const safe = /^[\s\p{C}]*[=+\-@＝＋－＠]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export interface IBins {
  /** One more than counts. */
  edges: readonly number[];
  counts: readonly number[];
}

/** Several histograms over the edges of all: each is as high as it was where its own bins lie. */
export function overBins(histograms: readonly IBins[]): {
  x: number[];
  values: (number | null)[][];
} {
  const x = [...new Set(histograms.flatMap(each => each.edges))].sort(
    (a, b) => a - b
  );
  const values = histograms.map(({ edges, counts }) =>
    x.slice(0, -1).map(from => {
      const bin = edges.findIndex(
        (edge, at) => at < counts.length && edge <= from && from < edges[at + 1]
      );
      return bin < 0 ? null : counts[bin];
    })
  );
  return { x, values };
}
