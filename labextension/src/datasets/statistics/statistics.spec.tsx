import { act, fireEvent, screen, within } from '@testing-library/react';
import type { Statistics } from '../../api/types';
import { job, refusal } from '../../testing/server';
import type { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  type
} from '../testing/document';
import { tokenization } from '../testing/objects';
import { tokensCsv } from './countTables';

const STATISTICS: Statistics = {
  tokenization: 'tk_1',
  computed: 5,
  samples: 9,
  tokens: 640,
  lengths: {
    mean: 71.125,
    min: 2,
    median: 60.5,
    max: 200,
    histogram: { edges: [0, 100, 201], counts: [7, 2] }
  },
  unique_tokens: 96,
  vocabulary: 384,
  vocabulary_share: 0.25,
  top_tokens: [
    {
      piece: { id: 3, token: EVIL, text: EVIL, kind: 'text' },
      count: 320,
      share: 0.5
    },
    {
      piece: { id: 0, token: '<s>', text: '', kind: 'special' },
      count: 10,
      share: 0.015625
    }
  ],
  splits: [
    { split: EVIL, samples: 6, tokens: 480 },
    { split: 'test', samples: 3, tokens: 160 }
  ],
  held_out: { split: 'held out', samples: 1, tokens: 64 }
};

const counting = (part: object = {}) =>
  job({
    kind: 'dataset.statistics',
    object: 'tk_1',
    progress: {
      done: 5,
      total: 10,
      unit: 'blocks',
      stage: 'Counting',
      rate: 5,
      seconds_left: 1
    },
    ...part
  });

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
  bench.server.on('GET /tokenizations/tk_1/statistics', STATISTICS);
});

afterEach(() => bench.dispose());

const figures = () =>
  screen.getByLabelText('Statistics of tok · 64 · packed').textContent;

describe('the statistics', () => {
  it('want a tokenization', async () => {
    bench.tokenizations = [];
    await openDocument(bench, 'ds_1', 'statistics');
    press('New tokenization');
    expect(screen.getByRole('form')).toBeTruthy();
  });

  it('want one that is ready', async () => {
    bench.tokenizations = [
      tokenization({ state: 'failed', reason: EVIL, facts: null })
    ];
    await openDocument(bench, 'ds_1', 'statistics');
    expect(
      screen.getByText(`It can be counted once its tokens are there. ${EVIL}`)
    ).toBeTruthy();
  });

  it('are computed, with progress and controls, and then shown', async () => {
    bench.server.on('POST /tokenizations/tk_1/statistics', () => {
      bench.tokenizations = [tokenization({ job: counting() })];
      return { object: 'tk_1', job: 'jb_1' };
    });
    await openDocument(bench, 'ds_1', 'statistics');
    press('Compute the statistics');
    await bench.settle();
    expect(
      screen.getByText('Counting · 5/10 · 0:01 left · 5 blocks/s')
    ).toBeTruthy();
    expect(
      screen
        .getByRole('progressbar', { name: 'Counting tok · 64 · packed' })
        .getAttribute('aria-valuenow')
    ).toBe('50');
    bench.server.on(
      'POST /jobs/jb_1/cancel',
      counting({ state: 'cancelling' })
    );
    expect(screen.getByRole('button', { name: 'Pause' })).toBeTruthy();

    bench.tokenizations = [
      tokenization({ statistics: 5, job: counting({ state: 'succeeded' }) })
    ];
    await act(() => bench.desk.model.refresh());
    await bench.settle();
    expect(figures()).toBe(
      [
        'Samples9',
        'Tokens640',
        'Mean length71.1',
        'Shortest2',
        'Median length60.5',
        'Longest200',
        'Unique tokens96',
        'Of the vocabulary25 %',
        'Held out64 tokens'
      ].join('')
    );
    expect(
      screen.getByText(
        'Most samples, 7, have 0–99 tokens; half of all have 60.5 or less.'
      )
    ).toBeTruthy();
    const top = screen.getByRole('table', { name: /Commonest tokens/ });
    const [, first] = within(top).getAllByRole('row');
    expect(first.textContent).toBe(`${EVIL}332050 %`);
    expect(document.querySelector('script')).toBeNull();
    const splits = screen.getByRole('table', { name: 'Splits' });
    expect(splits.textContent).toContain(`${EVIL}648075 %`);
    expect(splits.textContent).toContain('held out16410 %');
  });

  it('say what is missing, and why', async () => {
    bench.server.on('GET /tokenizations/tk_1/statistics', {
      ...STATISTICS,
      lengths: {
        mean: null,
        min: null,
        median: null,
        max: null,
        histogram: { edges: [0], counts: [] }
      },
      vocabulary_share: null,
      top_tokens: []
    });
    bench.tokenizations = [tokenization({ statistics: 5 })];
    await openDocument(bench, 'ds_1', 'statistics');
    expect(figures()).toContain('Mean length— There is no sample to measure.');
    expect(figures()).toContain(
      'Of the vocabulary— It is not known how large the vocabulary is.'
    );
    expect(document.querySelector('canvas')).toBeNull();
  });

  it('say why they were not counted, and try again', async () => {
    bench.server.on('POST /tokenizations/tk_1/statistics', () =>
      refusal(409, 'not_ready')
    );
    await openDocument(bench, 'ds_1', 'statistics');
    press('Compute the statistics');
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.tokenizations = [
      tokenization({
        job: counting({
          state: 'failed',
          error: {
            message: 'The disk is full.',
            error: { code: 'disk', hint: 'Free some.' }
          }
        })
      })
    ];
    await act(() => bench.desk.model.refresh());
    bench.server.on('POST /tokenizations/tk_1/statistics', {
      object: 'tk_1',
      job: 'jb_1'
    });
    press('Try again');
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain(
      'The disk is full.Free some.'
    );
  });

  it('that do not come are asked for again', async () => {
    bench.tokenizations = [tokenization({ statistics: 5 })];
    bench.refuse('GET /tokenizations/tk_1/statistics');
    await openDocument(bench, 'ds_1', 'statistics');
    bench.server.on('GET /tokenizations/tk_1/statistics', STATISTICS);
    press('Try again');
    await bench.settle();
    expect(figures()).toContain('Tokens640');
    // They are kept: another tab and back asks for nothing.
    bench.server.asked.length = 0;
    fireEvent.click(screen.getByRole('tab', { name: 'About' }));
    fireEvent.click(screen.getByRole('tab', { name: 'Statistics' }));
    await bench.settle();
    expect(bench.server.asked).toEqual([]);
  });

  it('are of the tokenization that is chosen', async () => {
    bench.tokenizations = [
      tokenization({ statistics: 5 }),
      tokenization({ id: 'tk_2', name: EVIL })
    ];
    await openDocument(bench, 'ds_1', 'statistics');
    type('Tokenization', 'tk_2');
    expect(
      screen.getByRole('button', { name: 'Compute the statistics' })
    ).toBeTruthy();
  });
});

it('a table of tokens makes no formulas', () => {
  const piece = { id: 1, token: '=1+1', text: '"\n', kind: 'text' as const };
  expect(tokensCsv([{ piece, count: 2, share: 0.5 }])).toBe(
    'id,token,text,count,share\r\n1,\'=1+1,"""\n",2,0.5\r\n'
  );
});
