import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Dialog, Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { job, refusal } from '../testing/server';
import { datasetsPlugin } from '.';
import { CommandIDs } from './commandIds';
import { FileDrops } from './fileDrops';
import { DatasetList } from './list';
import { DatasetsPanel } from './panel';
import { Bench } from './testing/bench';
import { dataset } from './testing/objects';

const SCHEMA = {
  type: 'object',
  properties: {
    path: { type: 'string', title: 'Path' },
    name: { type: 'string', title: 'Name' }
  }
};
const STARTED = { object: 'ds_9', job: 'jb_9' };

let bench: Bench;

beforeEach(() => {
  bench = new Bench({ files: ['/data/a.txt', '/data/b.jsonl'] });
  bench.server.on('GET /openapi.json', {
    components: { schemas: { AddDataset: SCHEMA } }
  });
  bench.server.on('POST /datasets', STARTED);
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

describe('asking for what to add', () => {
  // JupyterLab draws its dialogs when it likes, not when a test says so.
  beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false));
  afterEach(() => vi.unstubAllGlobals());
  afterEach(() => Dialog.flush());

  const press = async (label: string) => {
    // jsdom does not know that a dialog is open.
    const find = () =>
      screen.getByRole('button', { name: label, hidden: true });
    await vi.waitFor(find);
    find().click();
  };

  it('makes samples of pasted texts, counted while one types', async () => {
    const done = bench.commands.execute(CommandIDs.paste);
    const texts = await screen.findByLabelText('Texts');
    fireEvent.change(texts, { target: { value: 'one\n<b>two</b>\n\nthree' } });
    await screen.findByText('3 samples');
    fireEvent.change(screen.getByLabelText('One sample is'), {
      target: { value: 'paragraph' }
    });
    await screen.findByText('2 samples');
    fireEvent.change(screen.getByLabelText('Name'), {
      target: { value: ' mine ' }
    });
    await press('Add');
    await done;
    expect(bench.sent).toEqual({
      texts: ['one\n<b>two</b>', 'three'],
      name: 'mine'
    });
  });

  it('lets Enter make a line in the texts', async () => {
    const done = bench.commands.execute(CommandIDs.paste);
    const texts = await screen.findByLabelText('Texts');
    texts.focus();
    // True: nobody stood in the way of what the browser does with it.
    expect(fireEvent.keyDown(texts, { key: 'Enter' })).toBe(true);
    fireEvent.keyDown(texts, { key: 'Escape' });
    await done;
    expect(bench.server.asked).toEqual([]);
  });

  it('asks again with what was given, and what was wrong with it', async () => {
    bench.server.on('POST /datasets', () => refusal(400, 'wrong', 'path'));
    const done = bench.commands.execute(CommandIDs.addPath);
    await press('Choose a file…');
    await vi.waitFor(() =>
      expect(screen.getByLabelText<HTMLInputElement>('Path').value).toBe(
        '/data/chosen.txt'
      )
    );
    await press('Add');
    await screen.findByText('It is wrong. Do better.');
    expect(screen.getByLabelText<HTMLInputElement>('Path').value).toBe(
      '/data/chosen.txt'
    );
    bench.server.on('POST /datasets', STARTED);
    fireEvent.change(screen.getByLabelText('Path'), {
      target: { value: '/data/right.txt' }
    });
    await press('Add');
    await done;
    expect(bench.sent).toEqual({ path: '/data/right.txt' });
  });
});

describe('files', () => {
  const rows = () => screen.queryAllByRole('treeitem');
  const file = (name: string) => new File(['0123456789'], name);

  it('chosen on the reader’s computer are sent, each in a row until it is there', async () => {
    bench.datasets = [];
    bench.tokenizations = [];
    await bench.load();
    render(<DatasetList desk={bench.desk} />);
    const click = vi
      .spyOn(HTMLInputElement.prototype, 'click')
      .mockImplementation(() => {});
    await act(() => bench.commands.execute(CommandIDs.upload));
    const [input] = click.mock.contexts as HTMLInputElement[];
    expect([input.type, input.multiple, input.accept]).toEqual([
      'file',
      true,
      '.txt,.jsonl'
    ]);
    bench.server.on('POST /uploads', () => refusal(400, 'bad_name'));
    Object.defineProperty(input, 'files', {
      value: [file('<b>a</b>.pdf'), file('b.txt')]
    });
    act(() => void input.onchange?.(new Event('change')));
    expect(rows().map(row => row.getAttribute('aria-label'))).toEqual([
      '<b>a</b>.pdf, 0 %',
      'b.txt, queued'
    ]);
    expect(rows()[1].textContent).toContain('Waits for the files before it.');
    await bench.settle();
    expect(rows()[0].textContent).toContain('It is wrong. Do better.');

    // One is dismissed by key; the other is tried again and arrives.
    act(() => rows()[0].focus());
    fireEvent.keyDown(rows()[0], { key: 'Delete' });
    await bench.settle();
    expect(rows()).toHaveLength(1);
    const state = { id: 'up_1', name: 'b.txt', size: 10, received: 10 };
    bench.server.on('POST /uploads', state);
    bench.server.on('POST /datasets', STARTED);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await bench.settle();
    expect(rows()).toHaveLength(0);
    expect(bench.sent).toEqual({ upload: 'up_1' });
  });

  it('wait while the server is away, and can be cancelled', async () => {
    await bench.load();
    bench.server.isDown = true;
    render(<DatasetList desk={bench.desk} />);
    act(() => bench.desk.actions.addFiles([file('a.txt')]));
    await bench.settle();
    const [row] = rows();
    expect(row.getAttribute('aria-label')).toBe('a.txt, interrupted');
    expect(row.textContent).toContain('Waits for the server');
    bench.server.isDown = false;
    bench.server.on('POST /uploads', () => refusal(400, 'full'));
    act(() => void window.dispatchEvent(new Event('online')));
    await bench.settle();
    expect(row.getAttribute('aria-label')).toBe('a.txt, failed');
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await bench.settle();
    expect(bench.desk.uploads.all).toEqual([]);
  });

  it('begin anew when the server has swept what it had of one', async () => {
    const state = { id: 'up_1', name: 'a.txt', size: 10, received: 10 };
    bench.server.on('POST /uploads', state);
    bench.server.on('POST /datasets', () => refusal(507, 'disk_full'));
    act(() => bench.desk.actions.addFiles([file('a.txt')]));
    await bench.settle();
    const [upload] = bench.desk.uploads.all;
    expect(upload.state).toBe('failed');
    bench.server.on('POST /datasets', STARTED);
    await act(() => bench.desk.uploads.retry(upload));
    expect(bench.server.asked.slice(-3)).toEqual([
      'GET /uploads/up_1',
      'POST /uploads',
      'POST /datasets'
    ]);
    expect(bench.desk.uploads.all).toEqual([]);
  });

  it('marked in the file browser are added by their paths; what cannot be is said', async () => {
    const told = vi.spyOn(Notification, 'error').mockReturnValue('');
    let count = 0;
    bench.server.on('POST /datasets', () =>
      count++ ? STARTED : refusal(400, 'wrong')
    );
    await bench.commands.execute(CommandIDs.addSelectedFiles);
    expect(bench.shown).toEqual(['panel']);
    expect(bench.server.bodies).toEqual([
      '{"path":"/data/a.txt"}',
      '{"path":"/data/b.jsonl"}'
    ]);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('drops', () => {
  let node: HTMLElement;
  let drops: FileDrops;
  const dropped: unknown[] = [];

  beforeEach(() => {
    dropped.length = 0;
    node = document.createElement('div');
    document.body.append(node);
    drops = new FileDrops({
      node,
      onFiles: files => dropped.push(files.map(each => each.name)),
      onPaths: paths => dropped.push(paths)
    });
  });

  afterEach(() => {
    drops.dispose();
    node.remove();
  });

  const isMarked = () => node.classList.contains('jp-mistudio-mod-dropTarget');

  function native(type: string, transfer: object, to?: Element): boolean {
    const event = new MouseEvent(type, {
      bubbles: true,
      cancelable: true,
      relatedTarget: to
    });
    Object.assign(event, { dataTransfer: transfer });
    return node.dispatchEvent(event);
  }

  it('of files from the desktop are taken, without folders', () => {
    const item = (name: string, isDirectory = false) => ({
      kind: 'file',
      webkitGetAsEntry: () => ({ isDirectory }),
      getAsFile: () => new File([''], name)
    });
    const transfer = {
      types: ['Files'],
      items: [item('a.txt'), item('folder', true), { kind: 'string' }]
    };
    expect(native('dragenter', transfer)).toBe(false);
    expect(isMarked()).toBe(true);
    native('dragleave', transfer, node);
    expect(isMarked()).toBe(true);
    native('dragleave', transfer);
    expect(isMarked()).toBe(false);
    native('dragover', transfer);
    native('drop', transfer);
    expect(dropped).toEqual([['a.txt']]);
    expect(isMarked()).toBe(false);
  });

  it('of anything else are left alone', () => {
    expect(native('dragover', { types: ['text/plain'] })).toBe(true);
    expect(native('drop', { types: ['text/plain'] })).toBe(true);
    expect(dropped).toEqual([]);
  });

  it('of the file browser’s files arrive, which may only be moved', async () => {
    const mimeData = new MimeData();
    mimeData.setData('application/x-jupyter-icontents', ['RTC:a.txt']);
    const drag = new Drag({
      mimeData,
      supportedActions: 'move',
      proposedAction: 'move'
    });
    const under = Object.assign(document, { elementFromPoint: () => node });
    const ended = drag.start(1, 1);
    for (const type of ['pointermove', 'pointerup']) {
      document.dispatchEvent(
        new MouseEvent(type, { button: 0, clientX: 2, clientY: 2 })
      );
    }
    expect(await ended).toBe('move');
    expect(dropped).toEqual([['RTC:a.txt']]);
    expect(isMarked()).toBe(false);
    drag.dispose();
    Object.assign(under, { elementFromPoint: undefined });
  });
});

describe('the panel', () => {
  it('takes files anywhere on it, while it is there', async () => {
    const panel = new DatasetsPanel(bench.desk, path => path.slice(4));
    await act(async () => Widget.attach(panel, document.body));
    await bench.settle();
    const event = new MouseEvent('lm-drop', { bubbles: true });
    const mimeData = new MimeData();
    mimeData.setData('application/x-jupyter-icontents', ['RTC:a:b.txt']);
    Object.assign(event, { mimeData });
    panel.node.dispatchEvent(event);
    await bench.settle();
    expect(bench.sent).toEqual({ path: 'a:b.txt' });
    await vi.waitFor(() => expect(bench.desk.model.isLoaded).toBe(true));
    await act(async () => panel.dispose());
  });
});

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
        expect(bench.sent).toEqual({ path: 'sub/a:b.txt' });
        expect(handoff.register).toHaveBeenCalledTimes(2);
        expect(restorer.restore).toHaveBeenCalledTimes(1);
        expect(palette.addItem).toHaveBeenCalledTimes(
          Object.values(CommandIDs).length
        );
      }
      added[0][0].dispose();
    }
  });
});
