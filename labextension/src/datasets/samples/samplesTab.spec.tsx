import { Clipboard, Notification } from '@jupyterlab/apputils';
import { fireEvent, screen, within } from '@testing-library/react';
import type { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  sample,
  type
} from '../testing/document';
import { dataset } from '../testing/objects';
import { SECTION } from '../../ui/lines/pagedRows';

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

describe('the samples', () => {
  const list = () => screen.getByRole('listbox', { name: 'Samples' });
  const key = (name: string) => fireEvent.keyDown(list(), { key: name });

  it('are read as they come in sight, and are text whatever they hold', async () => {
    await openDocument(bench);
    expect(screen.getByText('40,000 samples')).toBeTruthy();
    const [first] = screen.getAllByRole('option');
    expect(first.textContent).toBe(`0${EVIL} 0train9`);
    expect(first.getAttribute('aria-setsize')).toBe('40000');
    expect(screen.getAllByRole('option').length).toBeLessThan(100);
  });

  it('are shown whole, with other fields, and copied', async () => {
    bench.server.on(
      'GET /datasets/ds_1/samples/0',
      sample({ text: EVIL, other: { author: EVIL, year: 1911 } })
    );
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    await openDocument(bench);
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    const view = screen.getByRole('region', { name: 'Sample 0' });
    expect(
      view.querySelector('.jp-mistudio-SampleView-text')?.textContent
    ).toBe(EVIL);
    expect(
      within(view).getByRole('table', { name: 'Other fields' }).textContent
    ).toBe(`author${EVIL}year1911`);
    press('Copy the text');
    expect(copied).toHaveBeenCalledWith(EVIL);
    press('Close');
    expect(screen.queryByRole('region', { name: 'Sample 0' })).toBeNull();
  });

  it('are walked with the keyboard', async () => {
    await openDocument(bench);
    key('ArrowDown');
    await bench.settle();
    key('ArrowDown');
    key('PageDown');
    await bench.settle();
    expect(bench.desk.model.datasets).toHaveLength(2);
    expect(list().getAttribute('aria-activedescendant')).toMatch(/-21$/);
    key('End');
    await bench.settle();
    expect(list().getAttribute('aria-activedescendant')).toMatch(/-39999$/);
    key('Home');
    await bench.settle();
    expect(bench.server.asked).toContain('GET /datasets/ds_1/samples/0');
    key('Escape');
    expect(list().getAttribute('aria-activedescendant')).toBeNull();
  });

  it('are found by number in sections of very many', async () => {
    bench.datasets = [
      dataset({ facts: { ...dataset().facts!, samples: 450_000 } })
    ];
    await openDocument(bench);
    expect(screen.getByText('0–199,999 of 450,000 samples')).toBeTruthy();
    press('Further');
    expect(screen.getByText('200,000–399,999 of 450,000 samples')).toBeTruthy();
    press('Back');
    type('Go to row', '999999');
    fireEvent.keyDown(screen.getByLabelText('Go to row'), { key: 'Enter' });
    expect(screen.queryByRole('region', { name: /^Sample/ })).toBeNull();
    type('Go to row', String(2 * SECTION + 1));
    fireEvent.keyDown(screen.getByLabelText('Go to row'), { key: 'Enter' });
    await bench.settle();
    expect(screen.getByText('400,000–449,999 of 450,000 samples')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Sample 400,001' })).toBeTruthy();
  });

  it('are shown as the tokens of a tokenization, more on demand', async () => {
    bench.server.on('GET /datasets/ds_1/samples/0/tokens', request => {
      const offset = Number(new URL(request.url).searchParams.get('offset'));
      const text = offset ? ' rained.' : 'It';
      return {
        tokens: [{ id: 7 + offset, token: text, text, kind: 'text' }],
        roles: null,
        count: 2
      };
    });
    await openDocument(bench);
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    type('Show as', 'tk_1');
    await bench.settle();
    const view = screen.getByRole('region', { name: 'Sample 0' });
    expect(view.textContent).toContain('10 characters2 tokens');
    expect(view.textContent).toContain('1 of 2 tokens.');
    press('Show more');
    await bench.settle();
    expect(bench.server.asked.filter(each => each.includes('/tokens'))).toEqual(
      [0, 1].map(
        offset =>
          `GET /datasets/ds_1/samples/0/tokens?tokenization=tk_1&offset=${offset}&limit=2000`
      )
    );
    expect(within(view).getAllByRole('listitem')).toHaveLength(2);
    expect(within(view).queryByText('Show more')).toBeNull();
    type('Show as', 'text');
    await bench.settle();
    expect(screen.getByText('It rained.')).toBeTruthy();
  });

  it('of a conversation are turns, and tokens with whose they are', async () => {
    bench.server.on(
      'GET /datasets/ds_1/samples/0',
      sample({
        messages: [
          { role: 'user', content: EVIL },
          { role: 'assistant', content: '\u202eYes.' }
        ]
      })
    );
    bench.server.on('GET /datasets/ds_1/samples/0/tokens', {
      tokens: ['<|user|>', 'Hi', 'Yes'].map((text, id) => ({
        id,
        token: text,
        text,
        kind: id ? 'text' : 'special'
      })),
      roles: [0, 2, 3],
      count: 3
    });
    await openDocument(bench);
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    const turns = within(
      screen.getByRole('list', { name: 'Turns' })
    ).getAllByRole('listitem');
    expect(turns.map(each => each.textContent)).toEqual([
      `user${EVIL}`,
      'assistant\u202eYes.'
    ]);
    type('Show as', 'tk_1');
    await bench.settle();
    expect(
      screen.getByRole('list', { name: 'Whose tokens they are' }).textContent
    ).toBe('Aa chat templateAa userAa assistant');
    const strip = screen.getByRole('list', { name: 'Tokens' });
    const [, hi] = within(strip).getAllByRole('listitem');
    expect(hi.dataset.role).toBe('2');
    fireEvent.focus(hi);
    expect(screen.getByText('user', { selector: 'span' })).toBeTruthy();
    type('Show as', 'text');
    expect(screen.getByText('It rained.')).toBeTruthy();
  });

  it('have an id that is copied', async () => {
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    await openDocument(bench);
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    press('Copy the id ds_1/0');
    expect(copied).toHaveBeenCalledWith('ds_1/0');
  });

  it('are searched, and told how far the search has come', async () => {
    let answers = 0;
    bench.server.on('GET /datasets/ds_1/samples', request => {
      const query = new URL(request.url).searchParams;
      if (!query.get('search')) {
        return { samples: [], total: 40_000, next: null, looked_through: 0 };
      }
      answers++;
      return {
        samples:
          answers === 2
            ? [{ row: 31_000, text: `a ${EVIL} <B>`, length: 9, split: 'x' }]
            : [],
        total: 40_000,
        next: [20_000, 35_000, null][answers - 1],
        looked_through: 20_000
      };
    });
    await openDocument(bench);
    type('Search in the texts', '<b>');
    fireEvent.keyDown(screen.getByLabelText('Search in the texts'), {
      key: 'Enter'
    });
    await bench.settle();
    expect(bench.server.asked[0]).toBe(
      'GET /datasets/ds_1/samples?offset=0&limit=100&characters=240&search=%3Cb%3E'
    );
    const status = () =>
      document.querySelector('.jp-mistudio-Samples-places')!.textContent;
    expect(status()).toBe('0 hits · looked through 20,000 of 40,000Go on');
    press('Go on');
    await bench.settle();
    // The end of what was found is in sight, so it looked on by itself.
    expect(status()).toBe('1 hit · all 40,000 samples looked through');
    const [hit] = screen.getAllByRole('option');
    expect(hit.textContent).toContain('31,000');
    expect(hit.querySelector('mark')?.textContent).toBe('<B>');
    expect(hit.getAttribute('aria-setsize')).toBe('1');
    fireEvent.keyDown(screen.getByLabelText('Search in the texts'), {
      key: 'Escape'
    });
    await bench.settle();
    expect(screen.getByText('40,000 samples')).toBeTruthy();
  });

  it('that do not exist are said not to, and a refusal is told', async () => {
    bench.server.on('GET /datasets/ds_1/samples', {
      samples: [],
      total: 40_000,
      next: null,
      looked_through: 40_000
    });
    await openDocument(bench);
    const search = screen.getByLabelText('Search in the texts');
    type('Search in the texts', EVIL);
    fireEvent.keyDown(search, { key: 'Enter' });
    await bench.settle();
    expect(screen.getByText(`No sample has “${EVIL}” in it.`)).toBeTruthy();
    bench.refuse('GET /datasets/ds_1/samples');
    type('Search in the texts', 'x');
    fireEvent.keyDown(search, { key: 'Enter' });
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
  });

  it('are narrowed to a split', async () => {
    bench.datasets = [
      dataset({
        facts: { ...dataset().facts!, splits: { train: 39_999, [EVIL]: 1 } }
      })
    ];
    await openDocument(bench);
    bench.server.on('GET /datasets/ds_1/samples', {
      samples: [{ row: 5, text: 'five', length: 4, split: EVIL }],
      total: 1,
      next: null,
      looked_through: 0
    });
    type('Split', EVIL);
    await bench.settle();
    const [, query] = bench.server.asked[0].split('?');
    expect(new URLSearchParams(query).get('split')).toBe(EVIL);
    expect(
      screen.getByText(`1 sample · all of “${EVIL}” looked through`)
    ).toBeTruthy();
    expect(
      within(screen.getByRole('listbox', { name: 'Samples' })).getAllByRole(
        'option'
      )
    ).toHaveLength(1);
  });

  it('of many characters are drawn by and by', async () => {
    const text = 'x'.repeat(250_000);
    bench.server.on('GET /datasets/ds_1/samples/0', sample({ text }));
    await openDocument(bench);
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    expect(screen.getByText(/100,000 of 250,000 characters/)).toBeTruthy();
    press('Show more');
    expect(screen.getByText(/200,000 of 250,000 characters/)).toBeTruthy();
  });

  it('say why one or a page of them did not come, and try again', async () => {
    bench.refuse('GET /datasets/ds_1/samples');
    bench.refuse('GET /datasets/ds_1/samples/0');
    await openDocument(bench);
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.server.on('GET /datasets/ds_1/samples', {
      samples: [{ row: 0, text: 'here', length: 4, split: 'train' }],
      total: 1
    });
    press('Try again');
    await bench.settle();
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    bench.server.on('GET /datasets/ds_1/samples/0', sample());
    press('Try again');
    await bench.settle();
    expect(screen.getByText('It rained.')).toBeTruthy();
  });

  it('are none while the file is not read', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await openDocument(bench);
    expect(screen.getByText('There is no sample yet.')).toBeTruthy();
  });
});
