import { withChanges } from './draft';
import { numbersIn, planOf, variantsOf } from './variants';

describe('several SAEs', () => {
  it('are each hook point with each number of each list', () => {
    const plan = {
      hooks: ['layers.1.mlp_out', 'layers.2.resid_post'],
      out: null,
      lists: { width: [256, 512], k: [8] }
    };
    const saes = [
      { hook: 'layers.1.mlp_out', width: 256, k: 8 },
      { hook: 'layers.1.mlp_out', width: 512, k: 8 },
      { hook: 'layers.2.resid_post', width: 256, k: 8 },
      { hook: 'layers.2.resid_post', width: 512, k: 8 }
    ];
    expect(variantsOf(plan)).toEqual(saes);
    expect(planOf(saes)).toEqual(plan);
  });

  it('are those of the training where nothing else was asked for', () => {
    expect(variantsOf({ hooks: [], out: null, lists: { k: [] } })).toEqual([]);
  });

  it('of a transcoder go to another hook point', () => {
    const saes = [{ hook: 'layers.1.mlp_in', out_hook: 'layers.1.mlp_out' }];
    const plan = planOf(saes)!;
    expect(plan.out).toBe('layers.1.mlp_out');
    expect(variantsOf(plan)).toEqual(saes);
  });

  it('are a plan also as the server gives them, with nothing in most fields', () => {
    const none = { out_hook: null, expansion: null, target_l0: null };
    expect(
      planOf([
        { ...none, hook: 'layers.1.mlp_out', k: 8 },
        { ...none, hook: 'layers.1.mlp_out', k: 16 }
      ])?.lists
    ).toEqual({ k: [8, 16] });
  });

  it('are no plan where one of the combinations is missing', () => {
    expect(
      planOf([
        { width: 256, k: 8 },
        { width: 512, k: 16 }
      ])
    ).toBeNull();
    expect(planOf([{ width: 256 }, { k: 16 }])).toBeNull();
  });
});

it('what is changed holds for all SAEs, and those that are then the same are one', () => {
  const saes = [
    { hook: 'a', k: 4 },
    { hook: 'a', k: 8 },
    { hook: 'b', k: 4, width: null }
  ];
  expect(withChanges({ k: 2, saes }, { k: 16 })).toEqual({
    k: 16,
    saes: [{ hook: 'a' }, { hook: 'b' }]
  });
  expect(withChanges({ saes: [{ k: 4 }, { k: 8 }] }, { k: 16 })).toEqual({
    k: 16,
    saes: []
  });
  expect(withChanges({ saes }, { steps: 7 }).saes).toHaveLength(3);
});

it('numbers are read with whatever stands between them', () => {
  expect(numbersIn(' 8, 16;32 16')).toEqual([8, 16, 32]);
  expect(numbersIn('1e-3')).toEqual([0.001]);
  expect(numbersIn('')).toEqual([]);
  expect(numbersIn('8, many')).toBeNull();
});
