import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { refusal } from '../../testing/server';
import type { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  type
} from '../testing/document';
import { dataset } from '../testing/objects';

const SHARE = { type: 'number', minimum: 0, maximum: 0.9, default: 0 };
const SCHEMAS = {
  CleanDataset: {
    type: 'object',
    properties: {
      strip_html: { type: 'boolean', default: false, title: 'Strip HTML' },
      drop_pattern: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        title: 'Drop by pattern'
      },
      name: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        title: 'Name'
      }
    }
  },
  ArrangeDataset: {
    type: 'object',
    properties: {
      only: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        title: 'Only split'
      },
      validation_share: { ...SHARE, title: 'Validation share' },
      test_share: { ...SHARE, title: 'Test share' }
    }
  }
};

const PREVIEW = {
  looked_at: 200,
  changed: 12,
  dropped: 3,
  rules: [{ rule: 'strip_html', changed: 12, dropped: 0 }],
  samples: [
    {
      row: 7,
      before: `a\u200b ${EVIL}\n`,
      after: 'a ',
      rules: ['strip_html']
    },
    {
      row: 9,
      before: '\u202e',
      after: null,
      rules: ['strip_html', 'drop_duplicates']
    }
  ]
};

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
  bench.server.on('GET /openapi.json', { components: { schemas: SCHEMAS } });
  bench.server.on('POST /datasets/ds_1/clean/preview', PREVIEW);
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

/** Until somebody who types has stopped. */
const pause = () => act(() => new Promise(resolve => setTimeout(resolve, 500)));

describe('cleaning', () => {
  it('shows what the rules would do, changed parts marked', async () => {
    await openDocument(bench, 'ds_1', 'clean');
    expect(
      screen.getByText('Choose a rule to see what it would do.')
    ).toBeTruthy();
    fireEvent.click(await screen.findByLabelText('Strip HTML'));
    await pause();
    await bench.settle();
    expect(bench.sent).toEqual({ strip_html: true });
    expect(screen.getByRole('status').textContent).toBe(
      'Of 200 samples from all over the dataset, 12 would be changed and 3 dropped.'
    );
    const before = screen.getAllByRole('group', { name: 'Before' });
    const [after] = screen.getAllByRole('group', { name: 'After' });
    expect(
      [...before[0].querySelectorAll('del')].map(each => each.textContent)
    ).toEqual(['U+200B', `${EVIL}↵\n`]);
    expect(after.textContent).toBe('a ');
    expect(before[1].querySelector('del')?.textContent).toBe('U+202E');
    expect(screen.getByText('dropped')).toBeTruthy();
    expect(screen.getByText('HTML stripped · Duplicate')).toBeTruthy();
    expect(document.querySelector('script')).toBeNull();
    fireEvent.click(screen.getByLabelText('Strip HTML'));
    await pause();
    expect(screen.queryByText('dropped')).toBeNull();
  });

  it('says what is wrong with a rule at its field, and with the worker elsewhere', async () => {
    bench.server.on('POST /datasets/ds_1/clean/preview', () =>
      refusal(400, 'bad_request', 'drop_pattern')
    );
    await openDocument(bench, 'ds_1', 'clean');
    fireEvent.change(await screen.findByLabelText('Drop by pattern'), {
      target: { value: '(' }
    });
    await pause();
    await bench.settle();
    expect(
      within(screen.getByRole('form')).getByRole('alert').textContent
    ).toBe('It is wrong. Do better.');
    bench.refuse('POST /datasets/ds_1/clean/preview');
    type('Drop by pattern', 'x');
    await pause();
    await bench.settle();
    bench.server.on('POST /datasets/ds_1/clean/preview', PREVIEW);
    fireEvent.click(screen.getAllByRole('button', { name: 'Try again' })[0]);
    await bench.settle();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('makes a new dataset, whose document opens', async () => {
    bench.server.on('POST /datasets/ds_1/clean', () => {
      bench.datasets = [...bench.datasets, dataset({ id: 'ds_3', name: EVIL })];
      return { object: 'ds_3', job: 'jb_1' };
    });
    await openDocument(bench, 'ds_1', 'clean');
    fireEvent.click(await screen.findByLabelText('Strip HTML'));
    fireEvent.submit(screen.getByRole('form', { name: 'Clean' }));
    await bench.settle();
    expect(bench.widgets.map(each => each.id)).toContain(
      'mistudio-dataset-ds_3'
    );
    expect(screen.queryByText(/There is no dataset/)).toBeNull();
  });

  it('that is refused says so', async () => {
    bench.refuse('POST /datasets/ds_1/clean');
    await openDocument(bench, 'ds_1', 'clean');
    await screen.findByLabelText('Strip HTML');
    press('Make the cleaned dataset');
    fireEvent.submit(screen.getByRole('form', { name: 'Clean' }));
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
  });

  it('waits for the text', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await openDocument(bench, 'ds_1', 'clean');
    expect(screen.getByText('It has no text yet.')).toBeTruthy();
  });
});

describe('shuffling and splitting', () => {
  it('tells beforehand what each split will hold', async () => {
    bench.datasets = [
      dataset({
        facts: {
          ...dataset().facts!,
          splits: { train: 30_000, [EVIL]: 10_000 }
        }
      })
    ];
    bench.server.on('POST /datasets/ds_1/arrange', () => {
      bench.datasets = [...bench.datasets, dataset({ id: 'ds_3' })];
      return { object: 'ds_3', job: 'jb_1' };
    });
    await openDocument(bench, 'ds_1', 'arrange');
    const told = () =>
      screen.getByRole('table', { name: /^What it will hold/ }).textContent;
    expect(told()).toContain(`train30,00075 %${EVIL}10,00025 %`);
    fireEvent.change(await screen.findByLabelText('Only split'), {
      target: { value: '1' }
    });
    type('Validation share', '0.1');
    expect(told()).toContain('train9,00090 %validation1,00010 %all10,000');
    fireEvent.submit(screen.getByRole('form', { name: 'Shuffle and split' }));
    await bench.settle();
    expect(bench.sent).toEqual({ only: EVIL, validation_share: 0.1 });
    expect(bench.widgets.map(each => each.id)).toContain(
      'mistudio-dataset-ds_3'
    );
  });

  it('waits for the text', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await openDocument(bench, 'ds_1', 'arrange');
    expect(screen.getByText('It has no text yet.')).toBeTruthy();
  });
});
