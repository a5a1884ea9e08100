import { logMarks, markNames, shownRange } from './axis';

describe('the range of an axis', () => {
  it('is that of the values, where they change', () => {
    expect(shownRange(2, 9)).toEqual([2, 9]);
    expect(shownRange(-0.5, 0.5)).toEqual([-0.5, 0.5]);
  });

  it('makes no mountains of what hardly changes', () => {
    const [low, high] = shownRange(7.998, 8);
    expect(low).toBeCloseTo(7.959, 6);
    expect(high).toBeCloseTo(8.039, 6);
    const [first, last] = shownRange(-8, -8);
    expect(first).toBeCloseTo(-8.04, 6);
    expect(last).toBeCloseTo(-7.96, 6);
    expect(shownRange(0, 0)).toEqual([0, 1]);
  });
});

describe('the names of marks', () => {
  it('have as many digits as tell them apart', () => {
    expect(markNames([0, 0.2, 0.4])).toEqual(['0', '0.2', '0.4']);
    expect(markNames([7.996, 7.998, 8, 8.002])).toEqual([
      '7.996',
      '7.998',
      '8',
      '8.002'
    ]);
    expect(markNames([554_300_000, 554_350_000])).toEqual([
      '554.3 M',
      '554.35 M'
    ]);
    // Rounded they would differ too, and say what is not so.
    expect(markNames([8, 8.005, 8.01])).toEqual(['8', '8.005', '8.01']);
    expect(markNames([20, 40, null])).toEqual(['20', '40', '']);
  });

  it('have the unit of the values', () => {
    expect(markNames([0, 0.02, 0.04], 'share')).toEqual(['0 %', '2 %', '4 %']);
    expect(markNames([551_200_000, 551_250_000], 'bytes')).toEqual([
      '551.2 MB',
      '551.25 MB'
    ]);
  });

  it('end, where numbers cannot be told apart', () => {
    expect(markNames([0.1, 0.1 + 2 ** -56, 0.2])).toHaveLength(3);
  });
});

describe('the marks of a logarithmic axis', () => {
  it('are at every digit, with names at powers of ten', () => {
    const { at, named } = logMarks(0.03, 2.5);
    expect(at).toEqual([
      0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6,
      0.7, 0.8, 0.9, 1, 2
    ]);
    expect([...named]).toEqual([0.1, 1]);
  });

  it('have more names where there is only one power of ten', () => {
    const { named } = logMarks(0.02, 0.6);
    expect([...named]).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
  });

  it('have names at some powers of many', () => {
    const { named } = logMarks(1e-12, 1);
    expect(named.size).toBeLessThanOrEqual(6);
    expect(named).toContain(1e-12);
  });

  it('are round within one power of ten', () => {
    expect(logMarks(0.31, 0.39).at).toEqual([0.32, 0.34, 0.36, 0.38]);
    expect(logMarks(90, 140).at).toEqual([90, 100, 110, 120, 130, 140]);
  });
});
