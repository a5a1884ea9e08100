import {
  csvCell,
  csvOf,
  overBins,
  placeAt,
  placeName,
  placesOf,
  valueAt,
  type IChartData
} from './chartData';

const bars: IChartData = {
  kind: 'bars',
  xName: 'Tokens',
  x: [0, 1, 3, 10],
  series: [{ name: '=1+1', values: [5, 0, 2] }]
};
const lines: IChartData = {
  kind: 'lines',
  xName: 'step',
  x: [0, 10, 30],
  series: [
    { name: 'loss', values: [1.5, null, 0.25] },
    { name: 'a,"b"', values: [1, 2, 3] }
  ]
};

describe('the places of a chart', () => {
  it('are the bars, or the points', () => {
    expect([placesOf(bars), placesOf(lines)]).toEqual([3, 3]);
    expect(placesOf({ ...bars, x: [] })).toBe(0);
  });

  it('are found by where the pointer is', () => {
    const at = (data: IChartData, xs: number[]) =>
      xs.map(x => placeAt(data, x));
    expect(at(bars, [-1, 0, 0.9, 1, 2.9, 3, 99])).toEqual([
      0, 0, 0, 1, 1, 2, 2
    ]);
    expect(at(lines, [-1, 4, 6, 19, 21, 99])).toEqual([0, 0, 1, 1, 2, 2]);
    expect(placeAt({ ...lines, x: [] }, 1)).toBeNull();
  });

  it('have names', () => {
    expect([0, 1, 2].map(place => placeName(bars, place))).toEqual([
      '0',
      '1–2',
      '3–9'
    ]);
    expect(placeName(lines, 1)).toBe('10');
  });
});

describe('the table of a chart', () => {
  it('has both ends of each bar', () => {
    expect(csvOf(bars)).toBe(
      "Tokens ≥,Tokens <,'=1+1\r\n0,1,5\r\n1,3,0\r\n3,10,2\r\n"
    );
  });

  it('leaves out what there is not', () => {
    expect(csvOf(lines)).toBe(
      'step,loss,"a,""b"""\r\n0,1.5,1\r\n10,,2\r\n30,0.25,3\r\n'
    );
  });

  it.each([
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@a', "'@a"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['\u200b=1', "'\u200b=1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
    ['\r', '"\r"'],
    [-5, '-5'],
    [null, '']
  ])('makes no formula of %j', (given, cell) => {
    expect(csvCell(given)).toBe(cell);
  });
});

describe('histograms of different bins', () => {
  it('lie over each other, each as high as it was', () => {
    const { x, values } = overBins([
      { edges: [0, 4, 8], counts: [3, 5] },
      { edges: [2, 4, 6, 12], counts: [1, 2, 7] }
    ]);
    expect(x).toEqual([0, 2, 4, 6, 8, 12]);
    expect(values).toEqual([
      [3, 3, 5, 5, null],
      [null, 1, 2, 7, 7]
    ]);
  });

  it('may be empty', () => {
    expect(overBins([])).toEqual({ x: [], values: [] });
    expect(
      overBins([
        { edges: [0], counts: [] },
        { edges: [0, 2], counts: [4] }
      ])
    ).toEqual({ x: [0, 2], values: [[null], [4]] });
  });
});

it('a loose series keeps its latest value between its own places', () => {
  const series = { name: 'a', values: [null, 4, null, 0] };
  const at = (isLoose: boolean) =>
    series.values.map((_, place) => valueAt({ isLoose }, series, place));
  expect(at(true)).toEqual([null, 4, 4, 0]);
  expect(at(false)).toEqual(series.values);
});
