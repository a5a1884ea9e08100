import { fireEvent, screen, within } from '@testing-library/react';
import type { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  tabOf,
  type
} from '../testing/document';
import { tokenization } from '../testing/objects';

let bench: Bench;

const FIRST = tokenization({ name: EVIL, statistics: 5 });
const SECOND = tokenization({
  id: 'tk_2',
  name: 'rows',
  layout: 'rows',
  statistics: 5
});
const OTHER = tokenization({ id: 'tk_3', name: 'other', parent: 'ds_2' });

function compared(part: object = {}): object {
  return {
    first: FIRST,
    second: SECOND,
    same_text: true,
    parameters: [
      { field: 'layout', title: 'Layout', first: 'packed', second: 'rows' },
      { field: 'eval_share', title: 'Held-out share', first: 0.05, second: 0 },
      { field: 'stride', title: 'Stride', first: null, second: 4 },
      {
        field: 'special_tokens',
        title: 'Special tokens',
        first: true,
        second: false
      }
    ],
    counts: [
      { field: 'tokens', title: 'Tokens', first: 1640, second: 640 },
      { field: 'bytes', title: 'Size', first: 2000, second: 2500 },
      { field: 'pad_id', title: 'Padding token', first: 1, second: 3 },
      { field: 'blocks', title: 'Blocks', first: 5, second: 5 }
    ],
    ...part
  };
}

beforeEach(() => {
  bench = documentBench();
  bench.tokenizations = [FIRST, SECOND, OTHER];
  bench.server.on('GET /tokenizations/compare', compared());
  for (const [id, median] of [
    ['tk_1', 60],
    ['tk_2', 40]
  ]) {
    bench.server.on(`GET /tokenizations/${id}/statistics`, {
      tokenization: id,
      lengths: {
        mean: 1,
        min: 1,
        median,
        max: 1,
        histogram: { edges: [0, 10], counts: [3] }
      }
    });
  }
  bench.server.on('GET /datasets/ds_1/samples/0/tokens', request => {
    const first = request.url.includes('tk_1');
    const text = first ? 'It' : EVIL;
    return {
      tokens: [{ id: 1, token: text, text, kind: 'text' }],
      roles: null,
      count: first ? 1 : 5
    };
  });
});

afterEach(() => bench.dispose());

const rowsOf = (name: string) =>
  within(screen.getByRole('table', { name }))
    .getAllByRole('row')
    .slice(1)
    .map(row => row.textContent);

describe('two tokenizations', () => {
  it('are needed', async () => {
    bench.tokenizations = [FIRST];
    await openDocument(bench, 'ds_1', 'compare');
    expect(
      screen.getByText('Two tokenizations are needed to compare them.')
    ).toBeTruthy();
  });

  it('stand side by side, with what differs', async () => {
    await openDocument(bench, 'ds_1', 'compare');
    expect(rowsOf('Parameters that differ')).toEqual([
      'Layoutpackedrows',
      'Held-out share5 %0 %',
      'Stride—4',
      'Special tokensyesno'
    ]);
    expect(rowsOf('Counts')).toEqual([
      'Tokens1,640640−1,000',
      'Size2 kB2.5 kB+500 B',
      'Padding token13',
      'Blocks550'
    ]);
    expect(
      screen.getByText(
        'Half of all samples have 60 tokens or less under the first, 40 under the second.'
      )
    ).toBeTruthy();
    expect(
      screen.getByRole('list', { name: 'Tokens under rows' }).textContent
    ).toBe(EVIL);
    expect(
      screen.getByRole('heading', { name: 'rows · 5 tokens' })
    ).toBeTruthy();
    expect(document.querySelector('script')).toBeNull();
  });

  it('show the sample that is chosen', async () => {
    await openDocument(bench, 'ds_1', 'compare');
    type('Row', '99999999');
    await bench.settle();
    expect(bench.server.asked).toContain(
      'GET /datasets/ds_1/samples/39999/tokens?tokenization=tk_1&offset=0&limit=2000'
    );
  });

  it('are chosen, from its own details too', async () => {
    await openDocument(bench, 'tk_2');
    press('Compare…');
    await bench.settle();
    expect(tabOf('Compare').getAttribute('aria-selected')).toBe('true');
    expect(bench.server.asked).toContain(
      'GET /tokenizations/compare?first=tk_2&second=tk_1'
    );
    bench.server.on(
      'GET /tokenizations/compare',
      compared({ first: SECOND, second: OTHER, same_text: false })
    );
    type('Second', 'tk_3');
    await bench.settle();
    expect(screen.getByText(/made of different texts/)).toBeTruthy();
    expect(
      screen.getByText('There is no sample that both were made of.')
    ).toBeTruthy();
    // What is not counted yet can be, from here.
    expect(
      screen.getByRole('button', { name: 'Compute the statistics' })
    ).toBeTruthy();
  });

  it('that cannot be compared say why', async () => {
    bench.refuse('GET /tokenizations/compare');
    await openDocument(bench, 'ds_1', 'compare');
    bench.server.on('GET /tokenizations/compare', compared({ counts: [] }));
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await bench.settle();
    expect(
      screen.getByText('There are counts once both are ready.')
    ).toBeTruthy();
  });
});
