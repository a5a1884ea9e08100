import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';
import { job } from '../testing/server';
import { datasetsPlugin } from '.';
import { CommandIDs } from './commandIds';
import { Bench } from './testing/bench';
import { dataset } from './testing/objects';

let bench: Bench;

beforeEach(() => {
  bench = new Bench({ files: ['/data/a.txt', '/data/b.jsonl'] });
});

afterEach(() => bench.dispose());

describe('the commands', () => {
  const enabled = (id: string, args = {}) => bench.commands.isEnabled(id, args);
  const caption = (id: string, args = {}) => bench.commands.caption(id, args);

  it('mean what is selected, and say so when nothing is', async () => {
    await bench.load();
    for (const id of [
      CommandIDs.open,
      CommandIDs.rename,
      CommandIDs.remove,
      CommandIDs.copyId,
      CommandIDs.tokenize,
      CommandIDs.pause
    ]) {
      expect(enabled(id)).toBe(false);
      expect(caption(id)).toMatch(/^Select /);
    }
    await bench.commands.execute(CommandIDs.selectAll);
    expect(enabled(CommandIDs.remove)).toBe(true);
    expect(enabled(CommandIDs.rename)).toBe(false);
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    await bench.commands.execute(CommandIDs.copyId);
    expect(copied).toHaveBeenCalledWith('ds_2\nds_1\ntk_1');
  });

  it('act on the object given by its id, and on nothing for an unknown one', async () => {
    await bench.load();
    expect(enabled(CommandIDs.tokenize, { id: 'ds_1' })).toBe(true);
    expect(enabled(CommandIDs.tokenize, { id: 'tk_1' })).toBe(false);
    expect(enabled(CommandIDs.remove, { id: 'ds_unknown' })).toBe(false);
    expect(caption(CommandIDs.rename, { id: 'tk_1' })).toContain('name');
    await bench.commands.execute(CommandIDs.refresh);
    expect(bench.server.asked).toContain('GET /datasets');
  });

  it('control the jobs that allow it', async () => {
    bench.datasets = [
      dataset({
        id: 'ds_2',
        state: 'working',
        job: job({ controls: { pause: 'It is nearly done.' } })
      }),
      dataset({
        state: 'working',
        job: job({ id: 'jb_2', controls: { pause: null } })
      })
    ];
    bench.server.on('POST /jobs/jb_2/pause', job({ id: 'jb_2' }));
    await bench.load();
    expect(caption(CommandIDs.pause, { id: 'ds_2' })).toBe(
      'It is nearly done.'
    );
    await bench.commands.execute(CommandIDs.selectAll);
    expect(bench.commands.isVisible(CommandIDs.pause, {})).toBe(true);
    await bench.commands.execute(CommandIDs.pause);
    expect(bench.server.asked).toEqual(['POST /jobs/jb_2/pause']);
  });
});

describe('the plugin', () => {
  it('works with nothing but the studio, and with all there is', async () => {
    for (const isAlone of [true, false]) {
      const added: [Widget, string][] = [];
      const app = {
        commands: new CommandRegistry(),
        serviceManager: {
          contents: { localPath: (path: string) => path.replace('RTC:', '') }
        },
        shell: {
          add: (widget: Widget, area: string) => added.push([widget, area]),
          activateById: () => {}
        }
      } as unknown as JupyterFrontEnd;
      const palette = { addItem: vi.fn() };
      const restorer = { add: vi.fn(), restore: vi.fn() };
      const browser = {
        selectedItems: () => [
          { type: 'file', name: 'a:b.txt', path: 'RTC:sub/a:b.txt' },
          { type: 'file', name: 'c.png', path: 'c.png' },
          { type: 'directory', name: 'd.txt', path: 'd.txt' }
        ]
      };
      const handoff = {
        ...bench.handoff,
        register: vi.fn()
      };
      const optional = [handoff, palette, restorer, browser, null];
      await datasetsPlugin.activate(
        app,
        bench.studio,
        ...(isAlone ? optional.map(() => null) : optional)
      );
      expect(added.map(([{ id }, area]) => [id, area])).toEqual([
        ['mistudio-datasets', 'left']
      ]);
      expect(bench.studio.openers.find('ds_1')).toBe(CommandIDs.open);
      expect(app.commands.hasCommand(CommandIDs.addSelectedFiles)).toBe(
        !isAlone
      );
      if (!isAlone) {
        await app.commands.execute(CommandIDs.addSelectedFiles);
        const asked = bench.server.bodies.map(each => JSON.parse(String(each)));
        expect(asked).toEqual(
          // Each is looked at first.
          ['sub/a:b.txt', 'sub/a:b.txt', 'd.txt', 'd.txt'].map(path => ({
            path
          }))
        );
        expect(handoff.register).toHaveBeenCalledTimes(2);
        expect(restorer.restore).toHaveBeenCalledTimes(2);
        expect(palette.addItem).toHaveBeenCalledTimes(
          Object.values(CommandIDs).length
        );
      }
      added[0][0].dispose();
    }
  });
});
