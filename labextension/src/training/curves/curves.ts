// From the numbers of a run to what its charts show. No React here.

import type { ISeries } from '../../ui/charts/chartData';

/** A column of numbers by step, of one SAE. */
export interface ICurve {
  name: string;
  steps: readonly number[];
  values: readonly (number | null)[];
  color: number;
}

/** Of several curves that were noted, or thinned, at steps of their own: all over the steps of all. */
export function joined(curves: readonly ICurve[]): {
  x: number[];
  series: ISeries[];
} {
  const x = [...new Set(curves.flatMap(each => each.steps))].sort(
    (one, other) => one - other
  );
  const places = new Map(x.map((step, at) => [step, at]));
  const series = curves.map(({ name, steps, values, color }) => {
    const all: (number | null)[] = Array.from({ length: x.length }, () => null);
    steps.forEach((step, at) => {
      all[places.get(step)!] = values[at];
    });
    return { name, color, values: all };
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

/** Each curve smoothed, with the line as it was noted faint behind it. */
export function withSmoothing(
  curves: readonly ICurve[],
  strength: number
): { x: number[]; series: ISeries[] } {
  if (strength <= 0) {
    return joined(curves);
  }
  const raw = joined(curves);
  const smooth = joined(
    curves.map(each => ({ ...each, values: smoothed(each.values, strength) }))
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

const MOST = 20_000;
/** Of a stretch of steps the lowest and the highest of each column is wanted. */
const EXTREMES = 2;
/** Pixels of such a stretch. */
const STRETCH = 2;

/** So many rows are asked for that a chart of this width has all that it can show. */
export function pointsFor(width: number, columns: number): number {
  const stretches = Math.ceil(width / STRETCH);
  return Math.min(MOST, 2 + stretches * columns * EXTREMES);
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
