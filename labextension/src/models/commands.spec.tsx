import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Dialog } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';
import { job } from '../testing/server';
import { modelsPlugin } from '.';
import { CommandIDs } from './commandIds';
import { Bench } from './testing/bench';
import { model } from './testing/objects';

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => bench.dispose());

const enabled = (id: string, args = {}) => bench.commands.isEnabled(id, args);

describe('the commands', () => {
  it('mean what is selected, and say so when nothing is', async () => {
    await bench.load();
    for (const id of [
      CommandIDs.open,
      CommandIDs.tryOut,
      CommandIDs.capture,
      CommandIDs.rename,
      CommandIDs.remove,
      CommandIDs.pause
    ]) {
      expect(enabled(id)).toBe(false);
      expect(bench.commands.caption(id)).toMatch(/^Select /);
    }
    await bench.commands.execute(CommandIDs.selectAll);
    expect(enabled(CommandIDs.remove)).toBe(true);
    expect(enabled(CommandIDs.tryOut)).toBe(false);
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    await bench.commands.execute(CommandIDs.copyId);
    expect(copied).toHaveBeenCalledWith('md_2\nmd_1\ncp_1');
  });

  it('try and capture what is ready, and is a model', async () => {
    bench.models = [
      model(),
      model({ id: 'md_2', state: 'working', facts: null, job: job() })
    ];
    await bench.load();
    for (const id of [CommandIDs.tryOut, CommandIDs.capture]) {
      expect(enabled(id, { id: 'md_1' })).toBe(true);
      expect(enabled(id, { id: 'md_2' })).toBe(false);
      expect(enabled(id, { id: 'cp_1' })).toBe(false);
    }
    await bench.commands.execute(CommandIDs.capture, { id: 'md_1' });
    await bench.commands.execute(CommandIDs.open, { id: 'cp_1' });
    expect(bench.asked).toEqual([
      ['mistudio:new-capture', { model: 'md_1' }],
      ['mistudio:open-capture', { id: 'cp_1' }]
    ]);
    await bench.commands.execute(CommandIDs.tryOut, { id: 'md_1' });
    await bench.settle();
    expect(bench.shown).toEqual(['mistudio-model-md_1']);
  });

  it('delete a capture along with its model, which asks once', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
    bench.server.on('GET /models/md_1/delete-plan', {
      id: 'md_1',
      statement: 'Deletes the model. Its files in /models stay.',
      also: [{ id: 'cp_1', kind: 'capture', name: 'stories' }],
      bytes: 1,
      blocked_by: []
    });
    bench.server.on('DELETE /models/md_1', { ids: ['md_1', 'cp_1'], bytes: 1 });
    await bench.load();
    const objects = ['md_1', 'cp_1'].map(id => bench.desk.model.find(id)!);
    const removed = bench.desk.actions.remove(objects);
    await vi.waitFor(() =>
      expect(document.querySelector('.jp-Dialog-body')?.textContent).toContain(
        'Its files in /models stay.'
      )
    );
    document.querySelectorAll<HTMLElement>('.jp-Dialog-button')[1].click();
    await removed;
    expect(bench.server.asked).toEqual([
      'GET /models/md_1/delete-plan',
      'DELETE /models/md_1?agreed=md_1&agreed=cp_1'
    ]);
    expect(bench.desk.model.find('cp_1')).toBeUndefined();
    Dialog.flush();
    vi.unstubAllGlobals();
  });
});

describe('the plugin', () => {
  it('works with nothing but the studio, and with all there is', async () => {
    for (const isAlone of [true, false]) {
      const added: [Widget, string, unknown][] = [];
      const app = {
        commands: new CommandRegistry(),
        serviceManager: { contents: { localPath: (path: string) => path } },
        shell: {
          add: (widget: Widget, area: string, options: unknown) =>
            added.push([widget, area, options]),
          activateById: () => {}
        }
      } as unknown as JupyterFrontEnd;
      const handoff = { ...bench.handoff, register: vi.fn() };
      const optional = [
        handoff,
        { addItem: vi.fn() },
        { add: vi.fn(), restore: vi.fn() },
        { model: {} },
        null
      ];
      await modelsPlugin.activate(
        app,
        bench.studio,
        ...(isAlone ? optional.map(() => null) : optional)
      );
      expect(added.map(([{ id }, area]) => [id, area])).toEqual([
        ['mistudio-models', 'left']
      ]);
      // Below the datasets.
      expect(added[0][2]).toMatchObject({ rank: 701 });
      expect(bench.studio.openers.find('md_1')).toBe(CommandIDs.open);
      for (const id of Object.values(CommandIDs)) {
        expect(app.commands.hasCommand(id)).toBe(true);
      }
      if (!isAlone) {
        expect(handoff.register).toHaveBeenCalledWith({
          kind: 'model',
          noun: 'model',
          getter: 'model'
        });
      }
    }
  });
});
