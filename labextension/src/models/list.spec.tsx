import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { event, FakeSocket, job, refusal } from '../testing/server';
import { ModelList } from './list';
import { Bench } from './testing/bench';
import { capture, model } from './testing/objects';

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

async function draw(): Promise<void> {
  await bench.load();
  render(<ModelList desk={bench.desk} />);
}

const panel = () => document.querySelector<HTMLElement>('.jp-mistudio-Models')!;
const rows = () => within(panel()).queryAllByRole('treeitem');
const names = () => rows().map(row => row.getAttribute('aria-label'));
const row = (name: string) =>
  rows().find(each => each.getAttribute('aria-label')?.startsWith(name))!;

describe('the rows', () => {
  it('say what each model is, and what was captured from it below it', async () => {
    await draw();
    expect(names()).toEqual([
      'pythia, ready',
      'demo-llama, ready',
      'stories in the middle, ready'
    ]);
    expect(row('demo-llama').textContent).toContain('fp32');
    expect(row('demo-llama').textContent).toContain(
      '1.04 M params · 4 layers · d 128'
    );
    expect(row('pythia').textContent).toContain('nf4');
    expect(row('stories').getAttribute('aria-level')).toBe('2');
    expect(row('stories').textContent).toContain('L2 resid_post');
    expect(row('stories').textContent).toContain('530 k tokens');
  });

  it('show names that are markup as the text they are', async () => {
    const nasty = '<img src=x onerror="alert(1)">\u202e' + 'x'.repeat(5000);
    bench.models = [model({ name: nasty })];
    await draw();
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByTitle(nasty).textContent).toBe(nasty);
  });

  it('tell how a download goes, in place, and offer what its job allows', async () => {
    bench.models = [
      model({
        facts: null,
        state: 'working',
        job: job({
          kind: 'model.add_hub',
          object: 'md_1',
          progress: {
            done: 154_000_000,
            total: 375_000_000,
            unit: 'bytes',
            stage: '',
            rate: 5_500_000,
            seconds_left: 40
          },
          controls: { pause: null, cancel: null }
        })
      })
    ];
    bench.captures = [];
    bench.server.on('POST /jobs/jb_1/pause', job({ state: 'pausing' }));
    await draw();
    expect(names()).toEqual(['demo-llama, 41 %']);
    expect(row('demo-llama').textContent).toContain(
      '154 MB/375 MB · 0:40 left · 5.5 MB/s'
    );
    const before = row('demo-llama');
    bench.desk.model.setWatching(bench, true);
    const progress = { ...bench.models[0].job!.progress, done: 300_000_000 };
    act(() =>
      FakeSocket.last.say([event(1, { type: 'progress', data: progress })], 1)
    );
    expect(row('demo-llama')).toBe(before);
    expect(names()).toEqual(['demo-llama, 80 %']);
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await bench.settle();
    expect(bench.server.asked).toContain('POST /jobs/jb_1/pause');
  });

  it('say why one failed, and try it again', async () => {
    bench.models = [
      model({
        state: 'failed',
        facts: null,
        reason: 'The hub has no such model.',
        job: job({ state: 'failed', controls: { retry: null } })
      })
    ];
    bench.server.on('POST /jobs/jb_1/retry', job({ id: 'jb_2' }));
    await draw();
    expect(row('demo-llama').textContent).toContain(
      'The hub has no such model.'
    );
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await bench.settle();
    expect(bench.server.asked).toContain('POST /jobs/jb_1/retry');
  });

  it('go to a notebook or a kernel, a capture too', async () => {
    await draw();
    const press = (name: string, label: string) =>
      fireEvent.click(within(row(name)).getByRole('button', { name: label }));
    press('pythia', 'Insert into Notebook');
    press('demo', 'Send to Kernel');
    fireEvent.mouseDown(row('stories'));
    expect(bench.handoff.done).toEqual([
      ['insert', ['md_2']],
      ['send', ['md_1']],
      ['drag', ['cp_1']]
    ]);
    fireEvent.click(row('demo'));
    expect(bench.handoff.selected).toEqual([
      {
        kind: 'model',
        id: 'md_1',
        name: 'demo-llama',
        detail: '1,043,712 parameters, fp32'
      }
    ]);
  });

  it('begin a capture of a model, and open one', async () => {
    await draw();
    fireEvent.click(
      within(row('pythia')).getByRole('button', {
        name: 'Capture activations…'
      })
    );
    fireEvent.doubleClick(row('stories'));
    await bench.settle();
    expect(bench.asked).toEqual([
      ['mistudio:new-capture', { model: 'md_2' }],
      ['mistudio:open-capture', { id: 'cp_1' }]
    ]);
  });

  it('offer nothing of captures where their plugin is switched off', async () => {
    bench.dispose();
    bench = new Bench({ captures: false });
    await draw();
    expect(
      screen.queryByRole('button', { name: 'Capture activations…' })
    ).toBeNull();
    expect(within(row('stories')).queryAllByRole('button')).toEqual([]);
    fireEvent.doubleClick(row('stories'));
    fireEvent.mouseDown(row('stories'));
    expect(bench.handoff.done).toEqual([]);
  });
});

describe('the list', () => {
  it('filters on what a model is, and on hook points', async () => {
    await draw();
    act(() => {
      bench.desk.state.filter = 'resid_post';
    });
    expect(names()).toEqual([
      'demo-llama, ready',
      'stories in the middle, ready'
    ]);
    act(() => {
      bench.desk.state.filter = 'nothing like it';
    });
    fireEvent.click(screen.getByText('Show all models'));
    expect(rows()).toHaveLength(3);
  });

  it('offers the hub where there is no model', async () => {
    bench.models = [];
    bench.captures = [];
    await draw();
    const ids: unknown[] = [];
    bench.commands.commandExecuted.connect((_, { id }) => ids.push(id));
    fireEvent.click(screen.getByRole('button', { name: 'Add from the hub…' }));
    expect(ids).toEqual(['mistudio:add-model-hub']);
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
    const cancel = await vi.waitFor(() => {
      const button = document.querySelector<HTMLElement>('.jp-Dialog-button');
      expect(button?.textContent).toBe('Cancel');
      return button;
    });
    cancel?.click();
    await vi.waitFor(() =>
      expect(document.querySelector('.jp-Dialog')).toBeNull()
    );
    vi.unstubAllGlobals();
  });

  it('says what went wrong, and tries again', async () => {
    bench.server.on('GET /models', () => refusal(500, 'bug'));
    await draw();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.server.on('GET /models', () => ({ models: bench.models }));
    fireEvent.click(screen.getByText('Try again'));
    await bench.settle();
    expect(rows()).toHaveLength(3);
  });

  it('shows what another page captured, and drops what it deleted', async () => {
    await draw();
    bench.desk.model.setWatching(bench, true);
    bench.captures = [capture({ id: 'cp_2', name: 'second' }), capture()];
    await act(async () => {
      FakeSocket.last.say(
        [event(1, { topic: 'captures', type: 'created', object: 'cp_2' })],
        1
      );
      await new Promise(resolve => setTimeout(resolve, 250));
    });
    expect(names()).toContain('second, ready');
    act(() =>
      FakeSocket.last.say(
        [event(2, { topic: 'captures', type: 'deleted', object: 'cp_1' })],
        2
      )
    );
    expect(names()).not.toContain('stories in the middle, ready');
  });

  it('renames in place', async () => {
    bench.server.on('PATCH /models/md_1', () => model({ name: 'small' }));
    await draw();
    await act(() =>
      bench.commands.execute('mistudio:rename-model', { id: 'md_1' })
    );
    const field = screen.getByRole('textbox', {
      name: 'New name of demo-llama'
    });
    fireEvent.change(field, { target: { value: ' small ' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await bench.settle();
    expect(bench.sent).toEqual({ name: 'small' });
    expect(names()).toContain('small, ready');
  });
});
