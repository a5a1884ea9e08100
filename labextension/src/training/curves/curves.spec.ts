import {
  joined,
  lastOf,
  pointsFor,
  smoothed,
  telling,
  withSmoothing
} from './curves';

const curve = (steps: number[], values: (number | null)[], color = 0) => ({
  name: `c${color}`,
  steps,
  values,
  color
});

describe('several curves', () => {
  it('stand over the steps of all, each with its own values', () => {
    const { x, series } = joined([
      curve([10, 30], [1, 3]),
      curve([10, 20, 40], [5, null, 7], 1)
    ]);
    expect(x).toEqual([10, 20, 30, 40]);
    expect(series.map(each => each.values)).toEqual([
      [1, null, 3, null],
      [5, null, null, 7]
    ]);
  });

  it('are smoothed each by its own values, with the line as it was behind', () => {
    const { series } = withSmoothing(
      [curve([0, 2], [4, 0]), curve([1], [9], 1)],
      0.5
    );
    expect(series.map(each => each.look)).toEqual([
      'faint',
      'faint',
      undefined,
      undefined
    ]);
    expect(series[0].values).toEqual([4, null, 0]);
    // (0.5 · 0.5 · 4 + 0.5 · 0) / (1 - 0.5²)
    expect(series[2].values[2]).toBeCloseTo(1 / 0.75);
    expect(series[3].values).toEqual([null, 9, null]);
    expect(withSmoothing([curve([0], [1])], 0).series).toHaveLength(1);
  });
});

describe('what a chart cannot show', () => {
  const steps = Array.from({ length: 1000 }, (_, at) => 7 * at);
  const values = steps.map(step =>
    step % 11 === 0 ? null : Math.sin(step * step)
  );

  it('is left out, but not the lowest and highest of a stretch', () => {
    const stretches = 20;
    const found = telling({ steps, values }, stretches)!;
    expect(found.length).toBeLessThanOrEqual(2 * stretches + 4);
    const wide = (steps[999] - steps[0]) / stretches;
    for (let number = 0; number < stretches; number++) {
      const inside = steps.flatMap((step, at) =>
        step >= number * wide && step < (number + 1) * wide ? [at] : []
      );
      const known = inside.map(at => values[at]).filter(each => each !== null);
      const kept = found.flatMap(at =>
        inside.includes(at) ? [values[at]] : []
      );
      expect(kept).toContain(Math.min(...known));
      expect(kept).toContain(Math.max(...known));
    }
    expect(found[0]).toBe(0);
    expect(found[found.length - 1]).toBe(999);
  });

  it('is nothing where there is room for all', () => {
    expect(
      telling({ steps: [1, 2, 3, 4], values: [1, 2, 3, 4] }, 1)
    ).toBeNull();
  });

  it('still counts for the line that smooths it', () => {
    const { x, series } = withSmoothing(
      [{ ...curve([], []), steps, values }],
      0.9,
      20
    );
    const all = smoothed(values, 0.9);
    expect(x.length).toBeLessThan(50);
    expect(series[1].values).toEqual(x.map(step => all[step / 7]));
  });
});

it('a moving mean begins at the first value and skips what is not known', () => {
  expect(smoothed([2, null, 2], 0.9)).toEqual([2, null, 2]);
  expect(smoothed([1, 5], 0)).toEqual([1, 5]);
});

it('as many rows are asked for as a chart can show, never more than there may be', () => {
  // The lowest and the highest of each of six columns, of each two pixels; the first and the last row.
  expect(pointsFor(400, 6)).toBe(200 * 6 * 2 + 2);
  expect(pointsFor(100_000, 6)).toBe(20_000);
});

it('the last value is the last one known', () => {
  expect(lastOf([1, 0, null])).toBe(0);
  expect(lastOf([null])).toBeNull();
});
