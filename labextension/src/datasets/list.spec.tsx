import { Dialog, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import type { DeletePlan } from '../api/types';
import { event, FakeSocket, job, refusal } from '../testing/server';
import { DatasetList } from './list';
import { Bench } from './testing/bench';
import { dataset, tokenization } from './testing/objects';

let bench: Bench;

beforeEach(async () => {
  bench = new Bench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

async function draw(): Promise<void> {
  await bench.load();
  render(<DatasetList desk={bench.desk} />);
}

const panel = () =>
  document.querySelector<HTMLElement>('.jp-mistudio-Datasets')!;
const rows = () => within(panel()).queryAllByRole('treeitem');
const names = () => rows().map(row => row.getAttribute('aria-label'));
const row = (name: string) =>
  rows().find(each => each.getAttribute('aria-label')?.startsWith(name))!;
const key = (name: string) =>
  fireEvent.keyDown(document.activeElement!, { key: name });
const reachable = () => rows().filter(each => each.tabIndex === 0);
const executed = () => {
  const ids: unknown[] = [];
  bench.commands.commandExecuted.connect((_, { id, args }) =>
    ids.push([id, args])
  );
  return ids;
};

describe('the rows', () => {
  it('say what each is, and what was made of it below it', async () => {
    await draw();
    expect(names()).toEqual([
      'notes, ready',
      'stories, ready',
      'tok · 64 · packed, ready'
    ]);
    expect(row('stories').textContent).toContain(
      '40,000 samples · 14.7 MB · 1 split'
    );
    expect(row('tok').textContent).toContain(
      '640 tokens · blocks of 64 · 2.56 kB'
    );
  });

  it('show names that are code, markup or too long as the text they are', async () => {
    const nasty = '<img src=x onerror="alert(1)">\u202e' + 'x'.repeat(5000);
    bench.datasets = [dataset({ name: nasty })];
    await draw();
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByTitle(nasty).textContent).toBe(nasty);
    expect(screen.getByTitle(nasty).firstElementChild?.tagName).toBe('BDI');
  });

  it('offer what the job allows while it works, and say why not', async () => {
    bench.datasets = [
      dataset({
        state: 'working',
        job: job({
          progress: {
            done: 58,
            total: 100,
            unit: 'samples',
            stage: '',
            rate: 12,
            seconds_left: 80
          },
          controls: { pause: 'It is nearly done.', cancel: null }
        })
      })
    ];
    bench.tokenizations = [];
    await draw();
    expect(names()).toEqual(['stories, 58 %']);
    expect(row('stories').textContent).toContain('58/100 · 1:20 left');
    const pause = screen.getByRole('button', {
      name: 'Pause: It is nearly done.'
    });
    fireEvent.click(pause);
    await bench.settle();
    expect(bench.server.asked).toEqual([]);
    // Numbers change in place.
    const before = row('stories');
    const progress = { ...bench.datasets[0].job!.progress, done: 80 };
    bench.desk.model.setWatching(bench, true);
    act(() =>
      FakeSocket.last.say([event(1, { type: 'progress', data: progress })], 1)
    );
    expect(row('stories')).toBe(before);
    expect(names()).toEqual(['stories, 80 %']);
  });

  it.each([
    ['queued', null, 'cpu', 'Waits for cpu.', ['Pause', 'Cancel']],
    [
      'queued',
      2,
      'cpu',
      'Place 2 in the queue; waits for cpu.',
      ['Pause', 'Cancel']
    ],
    ['queued', 2, null, 'Place 2 in the queue.', ['Pause', 'Cancel']],
    ['queued', null, null, 'Waits for a worker.', ['Pause', 'Cancel']],
    ['paused', null, null, '', ['Resume', 'Cancel']]
  ] as const)(
    'of a %s job at %s for %s: %s',
    async (state, place, waits_for, words, actions) => {
      const controls = { pause: null, resume: null, cancel: null };
      bench.datasets = [
        dataset({
          state: 'working',
          job: job({ state, place, waits_for, controls })
        })
      ];
      bench.tokenizations = [];
      await draw();
      expect(names()).toEqual([`stories, ${state}`]);
      expect(row('stories').textContent).toContain(words);
      expect(
        within(row('stories'))
          .getAllByRole('button')
          .map(each => each.getAttribute('aria-label'))
      ).toEqual(actions);
    }
  );

  it('say why one failed, and try it again', async () => {
    bench.datasets = [
      dataset({
        state: 'failed',
        facts: null,
        reason: 'The disk is full.',
        job: job({ state: 'failed', controls: { retry: null } })
      })
    ];
    bench.tokenizations = [];
    bench.server.on('POST /jobs/jb_1/retry', job({ id: 'jb_2' }));
    await draw();
    expect(row('stories').textContent).toContain('The disk is full.');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await bench.settle();
    expect(bench.server.asked).toContain('POST /jobs/jb_1/retry');
    expect(bench.desk.model.dataset('ds_1')?.job?.id).toBe('jb_2');
  });

  it('go to a notebook or a kernel where one is open, and say so where not', async () => {
    await draw();
    fireEvent.click(
      within(row('notes')).getByRole('button', { name: 'Insert into Notebook' })
    );
    fireEvent.click(
      within(row('notes')).getByRole('button', { name: 'Send to Kernel' })
    );
    fireEvent.mouseDown(row('tok'));
    expect(bench.handoff.done).toEqual([
      ['insert', ['ds_2']],
      ['send', ['ds_2']],
      ['drag', ['tk_1']]
    ]);
    act(() => {
      bench.handoff.blocked = 'Open a notebook first.';
      bench.handoff.selectedChanged.emit();
    });
    expect(
      screen.getAllByRole('button', {
        name: 'Send to Kernel: Open a notebook first.'
      })
    ).toHaveLength(3);
  });

  it('open the form to tokenize', async () => {
    await draw();
    const ids = executed();
    fireEvent.click(
      within(row('stories')).getByRole('button', { name: 'Tokenize…' })
    );
    expect(ids).toEqual([['mistudio:tokenize-dataset', { id: 'ds_1' }]]);
    expect(
      await screen.findByRole('form', { name: 'New tokenization' })
    ).toBeTruthy();
  });
});

describe('the keyboard', () => {
  it('reaches one row by Tab, and the others by arrows', async () => {
    await draw();
    expect(reachable()).toEqual([row('notes')]);
    act(() => row('notes').focus());
    key('ArrowDown');
    expect(document.activeElement).toBe(row('stories'));
    expect(reachable()).toEqual([row('stories')]);
    key('End');
    expect(document.activeElement).toBe(row('tok'));
    key('Home');
    expect(document.activeElement).toBe(row('notes'));
  });

  it('goes from a nested row to its dataset, folds it and opens it', async () => {
    await draw();
    act(() => row('tok').focus());
    key('ArrowLeft');
    expect(document.activeElement).toBe(row('stories'));
    key('ArrowLeft');
    expect(names()).toEqual(['notes, ready', 'stories, ready']);
    key('ArrowRight');
    expect(rows()).toHaveLength(3);
  });

  it('selects with Space, several too, and commands mean those', async () => {
    await draw();
    act(() => row('notes').focus());
    key(' ');
    key('ArrowDown');
    key(' ');
    expect(
      rows().map(
        each => each.ariaSelected ?? each.getAttribute('aria-selected')
      )
    ).toEqual(['true', 'true', 'false']);
    expect(bench.handoff.selected.map(each => each.id)).toEqual([
      'ds_2',
      'ds_1'
    ]);
  });

  it('opens with Enter', async () => {
    await draw();
    const ids = executed();
    act(() => row('notes').focus());
    key('Enter');
    fireEvent.doubleClick(row('tok'));
    expect(ids).toEqual([
      ['mistudio:open-dataset', { id: 'ds_2' }],
      ['mistudio:open-dataset', { id: 'tk_1' }]
    ]);
    await bench.settle();
  });

  it('asks before it deletes, and leaves the focus in the list', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
    bench.server.on('GET /datasets/ds_2/delete-plan', plan('ds_2'));
    bench.server.on('DELETE /datasets/ds_2', { ids: ['ds_2'], bytes: 1 });
    await draw();
    act(() => row('notes').focus());
    key('Delete');
    await answer('Delete');
    await vi.waitFor(() =>
      expect(names()).toEqual(['stories, ready', 'tok · 64 · packed, ready'])
    );
    await vi.waitFor(() => expect(document.activeElement).toBe(row('stories')));
    vi.unstubAllGlobals();
  });

  it('renames in place: Enter keeps the new name, Escape the old', async () => {
    bench.server.on('PATCH /datasets/ds_2', () =>
      dataset({ id: 'ds_2', name: 'diary' })
    );
    await draw();
    act(() => row('notes').focus());
    await act(() => bench.commands.execute('mistudio:rename-dataset'));
    const field = () =>
      screen.getByRole('textbox', { name: 'New name of notes' });
    expect(document.activeElement).toBe(field());
    fireEvent.change(field(), { target: { value: 'no' } });
    fireEvent.keyDown(field(), { key: 'Escape' });
    expect(document.activeElement).toBe(row('notes'));
    expect(bench.server.asked).toEqual([]);

    await act(() => bench.commands.execute('mistudio:rename-dataset'));
    fireEvent.change(field(), { target: { value: '  diary ' } });
    fireEvent.keyDown(field(), { key: 'Enter' });
    await bench.settle();
    expect(bench.sent).toEqual({ name: 'diary' });
    expect(names()[0]).toBe('diary, ready');
  });

  it('does not take the focus back from where the reader went meanwhile', async () => {
    await draw();
    await act(() =>
      bench.commands.execute('mistudio:rename-dataset', { id: 'ds_2' })
    );
    const add = within(panel()).getByTitle('Add a dataset');
    act(() => add.focus());
    await bench.settle();
    expect(screen.queryByRole('textbox', { name: /New name/ })).toBeNull();
    expect(document.activeElement).toBe(add);
  });

  it('shows a row that is to be renamed although it was hidden', async () => {
    await draw();
    act(() => {
      bench.desk.state.expand('ds_1', false);
      bench.desk.state.filter = 'notes';
    });
    await act(() =>
      bench.commands.execute('mistudio:rename-dataset', { id: 'tk_1' })
    );
    expect(
      screen.getByRole('textbox', { name: 'New name of tok · 64 · packed' })
    ).toBeTruthy();
    expect(bench.shown).toEqual(['panel']);
  });
});

describe('the mouse', () => {
  it('selects one, more with Ctrl, a range with Shift; the menu keeps the selection', async () => {
    await draw();
    const selected = () =>
      bench.desk.state.selectedObjects.map(each => each.id);
    fireEvent.click(row('notes'));
    fireEvent.click(row('tok'), { ctrlKey: true });
    expect(selected()).toEqual(['ds_2', 'tk_1']);
    fireEvent.contextMenu(row('tok'));
    expect(selected()).toEqual(['ds_2', 'tk_1']);
    fireEvent.contextMenu(row('stories'));
    expect(selected()).toEqual(['ds_1']);
    fireEvent.click(row('notes'), { shiftKey: true });
    expect(selected()).toEqual(['ds_2', 'ds_1']);
    fireEvent.mouseDown(row('notes'));
    expect(bench.handoff.done).toEqual([['drag', ['ds_2', 'ds_1']]]);
  });

  it('holds the rows in their places while it is on them', async () => {
    await draw();
    fireEvent.pointerEnter(panel());
    bench.datasets = [dataset({ id: 'ds_3', name: 'new' }), ...bench.datasets];
    await act(() => bench.desk.model.refresh());
    expect(names()[0]).toBe('notes, ready');
    fireEvent.pointerLeave(panel());
    expect(names()[0]).toBe('new, ready');
  });
});

describe('what stands in place of rows', () => {
  it('is that they are on their way', () => {
    render(<DatasetList desk={bench.desk} />);
    expect(screen.getByRole('status').textContent).toBe('Loading…');
  });

  it('is one sentence and a button where there is nothing', async () => {
    bench.datasets = [];
    bench.tokenizations = [];
    await draw();
    const ids = executed();
    const click = vi
      .spyOn(HTMLInputElement.prototype, 'click')
      .mockImplementation(() => {});
    fireEvent.click(screen.getByRole('button', { name: 'Upload a file…' }));
    expect(ids).toEqual([['mistudio:upload-dataset', {}]]);
    expect(click).toHaveBeenCalled();
  });

  it('offers the demo, and shows the jobs that make it', async () => {
    bench.datasets = [];
    bench.tokenizations = [];
    bench.server.on('POST /demo', { steps: [], ready: false });
    await draw();
    const ids = executed();
    bench.commands.addCommand('mistudio:show-jobs', {
      describedBy: { args: {} },
      execute: () => null
    });
    fireEvent.click(screen.getByRole('button', { name: 'Load the demo' }));
    await bench.settle();
    expect(bench.server.asked).toContain('POST /demo');
    expect(ids).toEqual([
      ['mistudio:load-demo', {}],
      ['mistudio:show-jobs', {}]
    ]);
  });

  it('is the way back from a filter that nothing passes', async () => {
    await draw();
    act(() => {
      bench.desk.state.filter = 'nothing';
    });
    expect(screen.getByText('No dataset is like that.')).toBeTruthy();
    fireEvent.click(screen.getByText('Show all datasets'));
    expect(rows()).toHaveLength(3);
    const [filter] =
      screen.getAllByPlaceholderText<HTMLInputElement>('Filter…');
    expect(filter.value).toBe('');
  });

  it('is what went wrong, and trying again', async () => {
    bench.server.on('GET /datasets', () => refusal(500, 'bug'));
    await draw();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.server.on('GET /datasets', () => ({ datasets: bench.datasets }));
    fireEvent.click(screen.getByText('Try again'));
    await bench.settle();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(rows()).toHaveLength(3);
  });
});

describe('the menus above', () => {
  it.each([
    ['Add a dataset', 'Upload a File as Dataset…'],
    ['More', 'Select All Datasets']
  ])(
    '%s: open below their button and give the focus back',
    async (title, item) => {
      await draw();
      const button = screen.getByTitle(title);
      fireEvent.click(button);
      const menu = document.querySelector('.lm-Menu')!;
      await bench.settle();
      expect(menu.textContent).toContain(item);
      fireEvent.keyDown(menu, { key: 'Escape', keyCode: 27 });
      await bench.settle();
      expect(document.querySelector('.lm-Menu')).toBeNull();
      expect(document.activeElement).toBe(button);
    }
  );
});

describe('deleting', () => {
  beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false));
  afterEach(() => vi.unstubAllGlobals());
  afterEach(() => Dialog.flush());

  it('takes a tokenization along with its dataset, which asks for it once', async () => {
    bench.server.on(
      'GET /datasets/ds_1/delete-plan',
      plan('ds_1', [{ id: 'tk_1', kind: 'tokenization', name: 'tok' }])
    );
    bench.server.on('DELETE /datasets/ds_1', {
      ids: ['ds_1', 'tk_1'],
      bytes: 1
    });
    await bench.load();
    const removed = bench.desk.actions.remove([dataset(), tokenization()]);
    await answer('Delete');
    await removed;
    expect(bench.server.asked).toEqual([
      'GET /datasets/ds_1/delete-plan',
      'DELETE /datasets/ds_1?agreed=ds_1&agreed=tk_1'
    ]);
  });

  it('asks again for what is left when more would go by now', async () => {
    for (const id of ['ds_1', 'ds_2']) {
      bench.server.on(`GET /datasets/${id}/delete-plan`, plan(id));
    }
    bench.server.on('DELETE /datasets/ds_2', { ids: ['ds_2'], bytes: 1 });
    const answers = [refusal(409, 'plan_changed'), { ids: ['ds_1'], bytes: 1 }];
    bench.server.on('DELETE /datasets/ds_1', () => answers.shift()!);
    await bench.load();
    const removed = bench.desk.actions.remove(bench.datasets);
    await answer('Delete');
    await vi.waitFor(() =>
      expect(bench.server.asked).toContain('DELETE /datasets/ds_1?agreed=ds_1')
    );
    bench.server.on('GET /datasets/ds_2/delete-plan', () =>
      refusal(404, 'not_found')
    );
    await answer('Delete');
    await removed;
    expect(bench.desk.model.datasets).toEqual([]);
    expect(
      bench.server.asked.filter(each => each.startsWith('DELETE'))
    ).toEqual([
      'DELETE /datasets/ds_2?agreed=ds_2',
      'DELETE /datasets/ds_1?agreed=ds_1',
      'DELETE /datasets/ds_1?agreed=ds_1'
    ]);
  });

  it('deletes nothing when the reader keeps it', async () => {
    bench.server.on('GET /tokenizations/tk_1/delete-plan', plan('tk_1'));
    await bench.load();
    const removed = bench.desk.actions.remove([tokenization()]);
    await answer('Keep');
    await removed;
    expect(bench.server.asked).toEqual(['GET /tokenizations/tk_1/delete-plan']);
  });

  it('cancels a job only when the reader agrees', async () => {
    const working = dataset({
      name: '<b>bold</b>',
      state: 'working',
      job: job({ controls: { cancel: null } })
    });
    bench.datasets = [working];
    bench.server.on('POST /jobs/jb_1/cancel', job({ state: 'cancelling' }));
    await bench.load();
    let done = bench.desk.actions.control(working, 'cancel');
    await shown();
    expect(document.querySelector('.jp-Dialog-body')?.textContent).toContain(
      '“<b>bold</b>”'
    );
    await answer('Go on');
    await done;
    expect(bench.server.asked).toEqual([]);
    done = bench.desk.actions.control(working, 'cancel');
    await answer('Cancel the job');
    await done;
    expect(bench.server.asked).toEqual(['POST /jobs/jb_1/cancel']);
    expect(bench.desk.model.datasets[0].job?.state).toBe('cancelling');
  });
});

function plan(id: string, also: DeletePlan['also'] = []): DeletePlan {
  return { id, statement: `Deletes ${id}.`, also, bytes: 1, blocked_by: [] };
}

async function shown(): Promise<void> {
  await vi.waitFor(() =>
    expect(document.querySelector('.jp-Dialog-button')).not.toBeNull()
  );
}

async function answer(label: string): Promise<void> {
  await shown();
  const button = Array.from(
    document.querySelectorAll<HTMLElement>('.jp-Dialog-button')
  ).find(each => each.textContent === label);
  expect(button).toBeDefined();
  button?.click();
  await vi.waitFor(() =>
    expect(document.querySelector('.jp-Dialog-button')).toBeNull()
  );
}
