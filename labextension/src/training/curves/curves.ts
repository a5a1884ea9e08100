// From the numbers of a run to what its charts show. No React here.

import type { ISeries } from '../../ui/charts/chartData';

const MOST = 20_000;
/** Of a stretch of steps the lowest and the highest of each column is wanted. */
const EXTREMES = 2;
/** Pixels of such a stretch. */
const STRETCH = 2;

/** A column of numbers by step, of one SAE. */
export interface ICurve {
  name: string;
  steps: readonly number[];
  values: readonly (number | null)[];
  color: number;
}

/** Of several curves that were noted, or thinned, at steps of their own: all over the steps of all. */
export function joined(curves: readonly ICurve[]): {
  x: readonly number[];
  series: ISeries[];
} {
  const [first] = curves;
  if (curves.every(each => each.steps === first.steps)) {
    return {
      x: first?.steps ?? [],
      series: curves.map(({ steps: _, ...series }) => series)
    };
  }
  const x = [...new Set(curves.flatMap(each => each.steps))].sort(
    (one, other) => one - other
  );
  const places = new Map(x.map((step, at) => [step, at]));
  const series = curves.map(({ steps, values, ...series }) => {
    const all = new Array<number | null>(x.length).fill(null);
    steps.forEach((step, at) => {
      all[places.get(step)!] = values[at];
    });
    return { ...series, values: all };
  });
  return { x, series };
}

/** A moving mean that leans on the latest values; it begins at the first one. */
export function smoothed(
  values: readonly (number | null)[],
  strength: number
): (number | null)[] {
  let sum = 0;
  let weight = 0;
  return values.map(value => {
    if (value === null) {
      return null;
    }
    sum = strength * sum + (1 - strength) * value;
    weight = strength * weight + (1 - strength);
    return sum / weight;
  });
}

/** Each curve smoothed, with the line as it was noted faint behind it; of both as much as so many stretches show. */
export function withSmoothing(
  curves: readonly ICurve[],
  strength: number,
  stretches = Infinity
): { x: readonly number[]; series: ISeries[] } {
  const shown = curves.map(each => telling(each, stretches));
  const raw = joined(curves.map((each, at) => only(each, shown[at])));
  if (strength <= 0) {
    return raw;
  }
  const smooth = joined(
    curves.map((each, at) =>
      only({ ...each, values: smoothed(each.values, strength) }, shown[at])
    )
  );
  return {
    x: raw.x,
    series: [
      ...raw.series.map(each => ({
        ...each,
        name: `${each.name} ·`,
        look: 'faint' as const
      })),
      ...smooth.series
    ]
  };
}

/** The places of the first and last value, and of the lowest and highest of each stretch of steps; null: of all. */
export function telling(
  { steps, values }: Pick<ICurve, 'steps' | 'values'>,
  stretches: number
): number[] | null {
  const last = steps.length - 1;
  if (steps.length <= EXTREMES * stretches + 2) {
    return null;
  }
  const found = new Set([0, last]);
  const wide = (steps[last] - steps[0]) / stretches;
  for (let begin = 0; begin <= last;) {
    const end =
      steps[0] + wide * (Math.floor((steps[begin] - steps[0]) / wide) + 1);
    let lowest = -1;
    let highest = -1;
    let at = begin;
    for (; at <= last && (at === begin || steps[at] < end); at++) {
      const value = values[at];
      if (value !== null) {
        lowest = lowest < 0 || value < values[lowest]! ? at : lowest;
        highest = highest < 0 || value > values[highest]! ? at : highest;
      }
    }
    if (lowest >= 0) {
      found.add(lowest).add(highest);
    }
    begin = at;
  }
  return [...found].sort((one, other) => one - other);
}

function only(curve: ICurve, places: readonly number[] | null): ICurve {
  return places === null
    ? curve
    : {
        ...curve,
        steps: places.map(at => curve.steps[at]),
        values: places.map(at => curve.values[at])
      };
}

export function stretchesIn(width: number): number {
  return Math.ceil(width / STRETCH);
}

/** So many rows are asked for that a chart of this width has all that it can show. */
export function pointsFor(width: number, columns: number): number {
  return Math.min(MOST, 2 + stretchesIn(width) * columns * EXTREMES);
}

/** The latest value that is known. */
export function lastOf(values: readonly (number | null)[]): number | null {
  for (let at = values.length - 1; at >= 0; at--) {
    if (values[at] !== null) {
      return values[at];
    }
  }
  return null;
}
