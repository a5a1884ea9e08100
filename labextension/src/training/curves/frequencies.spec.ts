import { nullTranslator } from '@jupyterlab/translation';
import { csvOf, placeName } from '../../ui/charts/chartData';
import { evaluation, trainingFacts, variantFacts } from '../testing/objects';
import { frequencyChart } from './frequencies';

const trans = nullTranslator.load('mistudio_ext');
const saes = (...all: Parameters<typeof evaluation>[0][]) =>
  trainingFacts({
    saes: all.map((part, number) =>
      variantFacts({
        number,
        title: `k ${number}`,
        evaluation: evaluation(part)
      })
    )
  });
const frequencies = {
  edges: [-1.25, -1, -0.75, -0.5, -0.25, 0],
  counts: [1, 5, 0, 2, 1],
  silent: 7,
  dense: 8,
  rare: null
};

describe('how often features fire', () => {
  it('stands over the logarithm, with silent ones apart', () => {
    const chart = frequencyChart(saes({ frequencies, tokens: 1000 }), trans)!;
    expect(chart.x).toEqual([-1.75, -1.5, ...frequencies.edges]);
    expect(chart.series).toEqual([
      { name: 'features', values: [7, null, 1, 5, 0, 2, 1] }
    ]);
    expect([0, 1, 2, 6].map(place => placeName(chart, place))).toEqual([
      'no token',
      'less than 5.62 % of the tokens',
      '5.62 % to 10 % of the tokens',
      '56.2 % to 100 % of the tokens'
    ]);
    expect(chart.ticks).toEqual([
      { at: -1.625, word: 'silent' },
      { at: -1, word: '10⁻¹' },
      { at: 0, word: '1' }
    ]);
    expect(chart.summary).toBe(
      'Of 16 features on 1,000 tokens, 7 are silent and 8 fire on more than a tenth.'
    );
    expect(csvOf(chart).split('\r\n').slice(0, 3)).toEqual([
      'Fire on,features',
      'no token,7',
      'less than 5.62 % of the tokens,'
    ]);
  });

  it('is told of each of several, over the bins of all', () => {
    const other = {
      ...frequencies,
      edges: [-0.25, 0],
      counts: [3],
      silent: 0,
      rare: 4
    };
    const chart = frequencyChart(
      saes({ frequencies }, { frequencies: other }, { frequencies: null }),
      trans
    )!;
    expect(chart.series.map(each => each.name)).toEqual([
      'features of k 0',
      'features of k 1'
    ]);
    expect(chart.series[1].values).toEqual([
      0,
      null,
      null,
      null,
      null,
      null,
      3
    ]);
    expect(chart.summary).toContain('k 1: Of 3 features');
    expect(chart.summary).toContain('4 fire on less than 1 in 100,000.');
  });

  it('is nothing before the first evaluation', () => {
    expect(frequencyChart(null, trans)).toBeNull();
    expect(frequencyChart(saes({ frequencies: null }), trans)).toBeNull();
  });
});
