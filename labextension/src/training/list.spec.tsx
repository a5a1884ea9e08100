import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { event, FakeSocket, job } from '../testing/server';
import { CommandIDs } from './commandIds';
import { TrainingList } from './list';
import { Bench } from './testing/bench';
import { running, sae, training } from './testing/objects';

// Forms are slow to come on a machine that has other work too.
vi.setConfig({ testTimeout: 20_000 });

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
  render(<TrainingList desk={bench.desk} />);
}

const panel = () =>
  document.querySelector<HTMLElement>('.jp-mistudio-Trainings')!;
const rows = () => within(panel()).queryAllByRole('treeitem');
const names = () => rows().map(row => row.getAttribute('aria-label'));
const row = (name: string) =>
  rows().find(each => each.getAttribute('aria-label')?.startsWith(name))!;
const press = (name: string, label: string) =>
  fireEvent.click(within(row(name)).getByRole('button', { name: label }));
/** What the dialog is for. */
const accept = (dialog: HTMLElement) =>
  fireEvent.click(
    dialog.querySelector('.jp-Dialog-footer button:last-of-type')!
  );
const group = (name: string | RegExp) =>
  within(screen.getByRole('group', { name: 'Filter by state' })).getByRole(
    'button',
    { name }
  );

describe('the rows', () => {
  it('say how good each training is, with its SAEs below it', async () => {
    bench.saes = [sae(), sae({ id: 'sa_2', name: 'theirs', training: null })];
    await draw();
    expect(names()).toEqual([
      'theirs, ready',
      'topk in the middle, ready',
      'topk, step 1,000, ready'
    ]);
    expect(row('topk in').textContent).toContain(
      'FVU 0.112 · L0 8 · dead 0.4 % · 1,200 steps'
    );
    expect(row('topk, step').getAttribute('aria-level')).toBe('2');
    expect(row('topk, step').textContent).toContain(
      'L2 resid_post · 1,024 features · FVU 0.112 · 1.05 MB'
    );
  });

  it('tell how a run goes, in place, and offer what its job allows', async () => {
    bench.trainings = [running()];
    bench.server.on('POST /jobs/jb_1/stop', job({ state: 'stopping' }));
    await draw();
    expect(names()).toEqual(['topk in the middle, 62 %']);
    expect(row('topk').textContent).toContain(
      'FVU 0.112 · L0 8 · dead 0.4 % · 744/1,200 · 31 k tok/s · 0:58 left'
    );
    const before = row('topk');
    bench.desk.model.setWatching(bench, true);
    const { progress } = bench.trainings[0].job!;
    const data = {
      ...progress,
      done: 900,
      figures: { ...progress.figures, fvu: 0.1 }
    };
    act(() => FakeSocket.last.say([event(1, { type: 'progress', data })], 1));
    expect(row('topk')).toBe(before);
    expect(before.textContent).toContain('FVU 0.1 · ');
    const reading = {
      ...data,
      stage: 'Reading the model',
      rate: 0,
      figures: { ...data.figures, tokens_read: 12_300, tokens_to_read: 300_000 }
    };
    act(() =>
      FakeSocket.last.say([event(2, { type: 'progress', data: reading })], 2)
    );
    expect(before.textContent).toContain(
      'Reading the model: 12,300 of 300,000 tokens · 900/1,200'
    );
    expect(before.textContent).not.toContain('tok/s');
    expect(
      within(before)
        .getAllByRole('button')
        .map(each => each.getAttribute('aria-label'))
    ).toEqual(['Pause', 'Stop and keep', 'Cancel']);
    press('topk', 'Stop and keep');
    await bench.settle();
    expect(bench.server.asked).toContain('POST /jobs/jb_1/stop');
  });

  it('say why one failed', async () => {
    bench.trainings = [
      training({
        state: 'failed',
        facts: null,
        reason: 'The loss was no number any more.',
        job: job({ state: 'failed', controls: { retry: null } })
      })
    ];
    await draw();
    expect(row('topk').textContent).toContain(
      'The loss was no number any more.'
    );
    within(row('topk')).getByRole('button', { name: 'Try again' });
  });

  it('go to a kernel, an SAE too', async () => {
    bench.saes = [sae()];
    await draw();
    press('topk in', 'Send to Kernel');
    press('topk, step', 'Send to Kernel');
    fireEvent.mouseDown(row('topk, step'));
    await bench.settle();
    expect(bench.handoff.done).toEqual([
      ['send', ['tr_1']],
      ['send', ['sa_1']],
      ['drag', ['sa_1']]
    ]);
    fireEvent.click(row('topk, step'));
    expect(bench.handoff.selected.map(each => each.kind)).toEqual(['sae']);
  });

  it('show names that are markup as the text they are', async () => {
    const nasty = '<img src=x onerror="alert(1)">';
    bench.trainings = [training({ name: nasty })];
    await draw();
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByTitle(nasty).textContent).toBe(nasty);
  });
});

describe('the groups', () => {
  beforeEach(() => {
    bench.trainings = [
      running({ id: 'tr_2', name: 'on its way' }),
      training(),
      training({
        id: 'tr_3',
        name: 'gone wrong',
        state: 'failed',
        facts: null,
        job: job({ id: 'jb_3', object: 'tr_3', state: 'failed' })
      })
    ];
    bench.saes = [sae()];
  });

  it('are counted, and one of them is shown with what belongs to it', async () => {
    await draw();
    expect(
      screen.getByRole('group', { name: 'Filter by state' }).textContent
    ).toBe('all 3running 1done 1failed 1');
    fireEvent.click(group('done 1'));
    expect(names()).toEqual([
      'topk in the middle, ready',
      'topk, step 1,000, ready'
    ]);
    fireEvent.click(group('failed 1'));
    expect(names()).toEqual(['gone wrong, failed']);
    fireEvent.click(group('all 3'));
    expect(rows()).toHaveLength(4);
  });

  it('do not hide for ever what they leave nothing of', async () => {
    await draw();
    fireEvent.click(group('failed 1'));
    bench.trainings = [training()];
    await act(() => bench.desk.model.refresh());
    expect(screen.getByText('No training is like that.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show all trainings' }));
    expect(rows()).toHaveLength(2);
  });
});

it('an empty panel says what is needed first, and begins', async () => {
  bench.trainings = [];
  await draw();
  screen.getByText(/SAEs learn from a capture/);
  fireEvent.click(screen.getByRole('button', { name: 'New training' }));
  await bench.settle();
  expect(bench.shown[0]).toMatch(/^mistudio-new-training-/);
});

it('several are deleted at once, after it was said what goes', async () => {
  bench.trainings = [training(), training({ id: 'tr_2', name: 'other' })];
  bench.saes = [sae()];
  const deleted: string[] = [];
  for (const id of ['tr_1', 'tr_2']) {
    bench.server.on(`GET /trainings/${id}/delete-plan`, {
      id,
      statement: `Training ${id} goes.`,
      also: id === 'tr_1' ? [{ id: 'sa_1', kind: 'SAE', name: 'topk' }] : [],
      blocked_by: [],
      bytes: 5
    });
    bench.server.on(`DELETE /trainings/${id}`, () => {
      deleted.push(id);
      return { ids: [id] };
    });
  }
  await draw();
  act(() => bench.desk.state.selectAll());
  await act(async () => {
    void bench.commands.execute(CommandIDs.remove);
  });
  await bench.settle();
  const dialog = document.querySelector<HTMLElement>('.jp-Dialog')!;
  expect(dialog.textContent).toContain('Training tr_1 goes.');
  expect(dialog.textContent).toContain('Training tr_2 goes.');
  expect(deleted).toEqual([]);
  accept(dialog);
  await bench.settle();
  expect(deleted).toEqual(['tr_1', 'tr_2']);
  expect(rows()).toEqual([]);
});

it('it is renamed in its row', async () => {
  bench.server.on('PATCH /trainings/tr_1', () =>
    training({ name: 'another name' })
  );
  await draw();
  await act(() => bench.commands.execute(CommandIDs.rename, { id: 'tr_1' }));
  const field = screen.getByLabelText('New name of topk in the middle');
  fireEvent.change(field, { target: { value: 'another name' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  await bench.settle();
  expect(bench.sent).toEqual({ name: 'another name' });
  expect(names()).toEqual(['another name, ready']);
});

describe('an SAE', () => {
  const dialog = () => document.querySelector<HTMLElement>('.jp-Dialog')!;
  // JupyterLab draws its dialogs when it likes, and forms come after that.
  const field = (label: string | RegExp) =>
    within(document.body).findByLabelText<HTMLInputElement>(
      label,
      {},
      { timeout: 5000 }
    );

  it('comes from a folder, which can be chosen', async () => {
    bench.server.on('POST /saes', { object: 'sa_9', job: 'jb_9' });
    await draw();
    await act(async () => {
      void bench.commands.execute(CommandIDs.importSae);
    });
    await field('Folder');
    fireEvent.click(within(dialog()).getByText('Choose a folder…'));
    await bench.settle();
    expect((await field('Folder')).value).toBe('/data/chosen');
    accept(dialog());
    await bench.settle();
    expect(bench.sent).toEqual({ path: '/data/chosen' });
  });

  it('goes to a folder, once one is given', async () => {
    bench.saes = [sae()];
    bench.server.on('POST /saes/sa_1/export', { object: 'sa_1', job: 'jb_9' });
    await draw();
    press('topk, step', 'Export to a folder…');
    await field(/^Folder/);
    accept(dialog());
    await bench.settle();
    const folder = await field(/^Folder/);
    expect(dialog().textContent).toContain('Say which folder.');
    fireEvent.change(folder, { target: { value: '/data/out' } });
    accept(dialog());
    await bench.settle();
    expect(bench.sent).toEqual({ folder: '/data/out' });
  });

  it('has a document', async () => {
    bench.saes = [sae()];
    await draw();
    fireEvent.doubleClick(row('topk, step'));
    await bench.settle();
    expect(bench.shown).toEqual(['mistudio-sae-sa_1']);
    const facts = screen.getByRole('table', { name: 'Facts' });
    expect(facts.textContent).toContain('Features1,024');
    expect(facts.textContent).toContain('Training');
  });
});
