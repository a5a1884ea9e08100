import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import type { HookStatistics } from '../../api/types';
import { job } from '../../testing/server';
import { NONE } from '../../ui/objects/commandArgs';
import { CommandIDs } from '../commandIds';
import { byLayer } from '../statistics/byLayer';
import { Bench, capture, EVIL } from '../testing/bench';
import { hooksInWords } from '../../ui/layers/hooks';
import { asStudioObject } from '../words';

const statistics = (
  hook: string,
  part: Partial<HookStatistics> = {}
): HookStatistics => ({
  hook,
  width: 128,
  tokens: 500,
  mean_norm: 10,
  mean_square_norm: 102,
  mean: 0.01,
  deviation: 0.88,
  largest: 31.2,
  outliers: [],
  ...part
});

const vector = (row: number, part: object = {}) => ({
  row,
  sample: row % 5,
  position: 1 + row,
  block: 0,
  held_out: false,
  counted: true,
  id: 7,
  token: EVIL,
  before: 'over the hills\nthe ',
  after: ' gathered',
  norm: 9.5,
  values: [0.25, -1],
  ...part
});

const made = (part: object = {}) =>
  capture({
    hooks: ['layers.1.resid_post', 'layers.2.resid_post'],
    facts: {
      ...capture().facts!,
      tokens: 250,
      hooks: [
        statistics('layers.1.resid_post'),
        statistics('layers.2.resid_post', {
          mean_norm: 12.5,
          outliers: [1, 2, 3, 4, 5, 6, 7, 8]
        })
      ]
    },
    ...part
  });

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.captures = [made()];
  bench.server.on('GET /captures/cp_1/vectors', request => {
    const query = new URL(request.url).searchParams;
    const offset = Number(query.get('offset'));
    const only = query.get('sample');
    const total = only === null ? 250 : only === '3' ? 50 : 0;
    const count = Math.min(100, total - offset);
    return {
      hook: query.get('hook') ?? 'layers.1.resid_post',
      rows: Array.from({ length: Math.max(0, count) }, (_, at) =>
        vector(offset + at)
      ),
      total
    };
  });
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

async function open(tab?: string): Promise<void> {
  await bench.load();
  await act(async () => {
    await bench.commands.execute(CommandIDs.open, { id: 'cp_1', tab });
  });
  await bench.settle();
}

const press = (name: string | RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }));

describe('a capture’s document', () => {
  it('shows the statistics of each hook point, and the norms along the layers', async () => {
    await open();
    const table = screen.getByRole('table', {
      name: 'Statistics of each hook point'
    });
    const [, first, second] = within(table).getAllByRole('row');
    expect(first.textContent).toBe('layers.1.resid_post128101020.010.8831.2—');
    expect(second.textContent).toContain('1, 2, 3, 4, 5, 6 and 2 more');
    expect(
      screen.getByText(
        'From 10 at layers.1.resid_post to 12.5 at layers.2.resid_post.'
      )
    ).toBeTruthy();
  });

  it('shows vectors in their text, those of one sample, and one alone', async () => {
    await open('vectors');
    expect(screen.getByText('250 vectors')).toBeTruthy();
    const list = screen.getByRole('listbox', { name: 'Vectors' });
    const lines = within(list).getAllByRole('option');
    expect(lines[0].textContent).toContain(
      `over the hills↵the ${EVIL} gathered#0 · 19.50.25  -1.00`
    );
    expect(document.querySelector('script')).toBeNull();
    fireEvent.click(lines[3]);
    const chosen = screen.getByRole('region', { name: 'Vector 3' });
    expect(chosen.textContent).toContain('Position4');
    press('Only this sample');
    await bench.settle();
    expect(screen.getByText('50 vectors')).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Vector 3' })).toBeNull();
    fireEvent.change(screen.getByLabelText('Hook point'), {
      target: { value: 'layers.2.resid_post' }
    });
    await bench.settle();
    expect(bench.server.asked.pop()).toContain(
      'hook=layers.2.resid_post&sample=3'
    );
    const only = screen.getByLabelText('Only sample');
    fireEvent.change(only, { target: { value: '4' } });
    fireEvent.keyDown(only, { key: 'Enter' });
    await bench.settle();
    expect(
      screen.getByText('No token of sample 4 is in this capture.')
    ).toBeTruthy();
    press('Show all samples');
    await bench.settle();
    expect(screen.getByText('250 vectors')).toBeTruthy();
  });

  it('follows its job, and controls it', async () => {
    bench.captures = [
      made({
        state: 'working',
        facts: null,
        job: job({
          kind: 'capture.make',
          object: 'cp_1',
          progress: {
            done: 100,
            total: 400,
            unit: 'tokens',
            stage: 'Capturing',
            rate: 50,
            seconds_left: 6,
            figures: { batch_size: 4 }
          }
        })
      })
    ];
    const log = vi.fn();
    bench.commands.addCommand('mistudio:open-job-log', {
      describedBy: NONE,
      execute: args => log(args)
    });
    await open();
    expect(
      screen.getByText(
        'Capturing · 100/400 · 0:06 left · 50 tokens/s · batch size 4'
      )
    ).toBeTruthy();
    expect(
      screen
        .getByRole('progressbar', { name: 'stories in the middle' })
        .getAttribute('aria-valuenow')
    ).toBe('25');
    expect(
      screen.getByText('The statistics are there once all vectors are.')
    ).toBeTruthy();
    press('Open log');
    expect(log).toHaveBeenCalledWith({ id: 'jb_1' });
    bench.server.on(
      'POST /jobs/jb_1/pause',
      job({ object: 'cp_1', state: 'pausing' })
    );
    press('Pause');
    await bench.settle();
    expect(bench.server.asked).toContain('POST /jobs/jb_1/pause');
    expect(screen.getByRole('button', { name: 'Resume' })).toBeTruthy();
  });

  it('tells what it was made of, and how', async () => {
    const opened = vi.fn();
    bench.commands.addCommand('mistudio:open-model', {
      describedBy: NONE,
      execute: args => opened(args)
    });
    bench.studio.openers.add('md_', 'mistudio:open-model');
    await open('about');
    const facts = screen.getByRole('table', { name: 'Facts' });
    const text = facts.textContent!;
    expect(text).toContain('Modeldemo-llama');
    expect(text).toContain('Hook pointsL1-2 resid_post');
    expect(text).toContain(
      'Left outthe first position of each block, special tokens'
    );
    expect(text).toContain('Model held infloat32');
    expect(text).toContain('Took1:02');
    press('demo-llama');
    expect(opened).toHaveBeenCalledWith({ id: 'md_1' });
    bench.server.on('PATCH /captures/cp_1', () => made({ notes: 'Good.' }));
    fireEvent.change(screen.getByLabelText('Notes'), {
      target: { value: 'Good.' }
    });
    fireEvent.blur(screen.getByLabelText('Notes'));
    await bench.settle();
    expect(bench.sent).toEqual({ notes: 'Good.' });
  });

  it('says that a smaller precision was taken', async () => {
    bench.captures = [
      made({
        facts: {
          ...made().facts!,
          precision: 'nf4',
          quantized_share: 0.72
        }
      })
    ];
    await open('about');
    const text = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(text).toContain('nf4, because float32 did not fit');
    expect(text).toContain('Quantized72 %');
  });

  it('adds tokens where some are left', async () => {
    await open('append');
    expect(
      screen.getByText('All tokens of its text are in it already.')
    ).toBeTruthy();
    bench.captures = [made({ max_tokens: 250 })];
    await act(() => bench.desk.model.refresh());
    bench.server.on('POST /captures/cp_1/append', {
      object: 'cp_1',
      job: 'jb_2'
    });
    fireEvent.change(await screen.findByLabelText(/More tokens/), {
      target: { value: '100' }
    });
    fireEvent.submit(screen.getByRole('form', { name: 'Add tokens' }));
    await bench.settle();
    expect(bench.sent).toEqual({ max_tokens: 100 });
  });

  it('exports into a folder, and says what was written', async () => {
    bench.captures = [
      made({
        job: job({
          kind: 'capture.export',
          state: 'succeeded',
          result: { folder: '/data/old', files: ['a', 'b'], bytes: 2_000 }
        })
      })
    ];
    await open('export');
    expect(screen.getByText('2 files, 2 kB, are in /data/old')).toBeTruthy();
    expect(screen.getByText('Say in which folder.')).toBeTruthy();
    press('Choose a folder…');
    await bench.settle();
    bench.server.on('POST /captures/cp_1/export', {
      object: 'cp_1',
      job: 'jb_2'
    });
    fireEvent.submit(screen.getByRole('form', { name: 'Export' }));
    await bench.settle();
    expect(bench.sent).toEqual({ folder: '/data/chosen' });
  });

  it('is carried away by its name, and by buttons', async () => {
    await open();
    fireEvent.mouseDown(screen.getByRole('heading'));
    press('Send to Kernel');
    press('Copy as Code');
    expect(bench.handoff.done).toEqual([
      ['drag', ['cp_1']],
      ['send', ['cp_1']],
      ['copy', ['cp_1']]
    ]);
  });

  it('closes when its capture is deleted', async () => {
    await open();
    bench.captures = [];
    await act(() => bench.desk.model.refresh());
    expect(bench.widgets[0].isDisposed).toBe(true);
  });

  it('says that there is none', async () => {
    bench.captures = [];
    await open();
    expect(screen.getByText('There is no capture cp_1 any more.')).toBeTruthy();
  });
});

describe('commands without an id', () => {
  it('mean the capture that is selected, and only one', async () => {
    await bench.load();
    const enabled = (id: string) => bench.commands.isEnabled(id);
    expect(enabled(CommandIDs.open)).toBe(false);
    bench.handoff.selected = [
      { kind: 'capture', id: 'cp_1', name: 'x', detail: '' }
    ];
    expect(enabled(CommandIDs.open)).toBe(true);
    expect(enabled(CommandIDs.exportFiles)).toBe(true);
    await act(async () => {
      await bench.commands.execute(CommandIDs.exportFiles);
    });
    await bench.settle();
    expect(
      screen.getByRole('tab', { name: 'Export' }).getAttribute('aria-selected')
    ).toBe('true');
    bench.handoff.selected = [
      { kind: 'dataset', id: 'ds_1', name: 'x', detail: '' }
    ];
    expect(enabled(CommandIDs.open)).toBe(false);
  });
});

describe('words', () => {
  it('name hook points shortly', () => {
    expect(
      hooksInWords([
        'layers.2.resid_post',
        'layers.3.mlp_out',
        'layers.3.resid_post',
        'layers.5.resid_post'
      ])
    ).toBe('L2-3,5 resid_post, L3 mlp_out');
  });

  it('tell a notebook what it is', () => {
    const trans = bench.studio.trans;
    expect(asStudioObject(made(), trans)).toEqual({
      kind: 'capture',
      id: 'cp_1',
      name: 'stories in the middle',
      detail: '250 tokens, L1-2 resid_post'
    });
    expect(asStudioObject(made({ facts: null }), trans).detail).toBe(
      'not ready yet'
    );
  });
});

it('norms along the layers leave a gap where a kind is not there', () => {
  const hooks = [
    statistics('layers.0.resid_post', { mean_norm: 1 }),
    statistics('layers.2.resid_post', { mean_norm: 3 }),
    statistics('layers.2.mlp_out', { mean_norm: null }),
    statistics('layers.1.mlp_out', { mean_norm: 2 })
  ];
  expect(byLayer(hooks)).toEqual({
    layers: [0, 1, 2],
    series: [
      { name: 'resid_post', values: [1, null, 3] },
      { name: 'mlp_out', values: [null, 2, null] }
    ]
  });
  expect(byLayer(hooks.slice(0, 1))).toBeNull();
});
