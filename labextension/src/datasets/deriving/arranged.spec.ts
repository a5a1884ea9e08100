import { arrangedSplits } from './arranged';

const SPLITS = { train: 80, test: 20 };

describe('the splits of an arranged dataset', () => {
  it.each([
    [{}, SPLITS, true],
    [{ only: 'test' }, { test: 20 }, true],
    [{ only: 'test', limit: 5 }, { test: 5 }, true],
    // Which ones are first is not known of several splits.
    [{ limit: 50 }, { train: 40, test: 10 }, false],
    [{ limit: 500 }, SPLITS, true],
    [
      { validation_share: 0.1, test_share: 0.2 },
      { train: 70, validation: 10, test: 20 },
      true
    ],
    [{ test_share: 0.5, limit: 3 }, { train: 2, test: 1 }, true],
    [
      { validation_share: 1 / 3, test_share: 1 / 3, limit: 4 },
      { train: 2, validation: 1, test: 1 },
      true
    ],
    [
      { only: 'train', validation_share: 0.25 },
      { train: 60, validation: 20 },
      true
    ],
    // What is being typed is no number yet.
    [{ limit: undefined, test_share: 'x' }, SPLITS, true]
  ])('with %j are %j', (value, splits, isExact) => {
    const told = arrangedSplits(SPLITS, value);
    expect(Object.fromEntries(told.splits)).toEqual(splits);
    expect(told.isExact).toBe(isExact);
  });
});
