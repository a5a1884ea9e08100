import { Dialog, Notification } from '@jupyterlab/apputils';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { refusal } from '../../testing/server';
import { CommandIDs } from '../commandIds';
import { DatasetList } from '../list';
import { DatasetsPanel } from '../panel';
import { Bench } from '../testing/bench';
import { puzzling } from '../testing/look';
import { FileDrops } from './fileDrops';
import { ACCEPTED } from './serverFiles';

const STARTED = { object: 'ds_9', job: 'jb_9' };

let bench: Bench;

beforeEach(() => {
  bench = new Bench({ files: ['/data/a.txt', '/data/b.jsonl'] });
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
      ACCEPTED
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
    expect(bench.server.asked.slice(-4)).toEqual([
      'GET /uploads/up_1',
      'POST /uploads',
      'POST /datasets/look',
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
      '{"path":"/data/a.txt"}',
      '{"path":"/data/b.jsonl"}',
      '{"path":"/data/b.jsonl"}'
    ]);
    expect(bench.server.asked).toEqual([
      'POST /datasets/look',
      'POST /datasets',
      'POST /datasets/look',
      'POST /datasets'
    ]);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('what is not plain to read', () => {
  beforeEach(async () => {
    await import('./addWidget');
    bench.server.on('GET /openapi.json', {
      components: { schemas: { AddDataset: { properties: {} } } }
    });
    bench.server.on('POST /datasets/look', puzzling());
    const state = { id: 'up_1', name: '<b>a</b>.csv', size: 10, received: 10 };
    bench.server.on('POST /uploads', state);
    bench.server.on('DELETE /uploads/up_1', undefined as never);
  });

  const drop = async () => {
    act(() => bench.desk.actions.addFiles([new File(['1'], '<b>a</b>.csv')]));
    await bench.settle();
  };
  const forms = () => screen.queryAllByRole('form', { name: 'Add a dataset' });

  it('opens its document where the reader still waits, and is there until it is decided', async () => {
    await bench.load();
    render(<DatasetList desk={bench.desk} />);
    await drop();
    expect(bench.server.asked).not.toContain('POST /datasets');
    expect(forms()).toHaveLength(1);
    expect(forms()[0].textContent).toContain('Uploaded: <b>a</b>.csv');
    const row = screen.getAllByRole('treeitem')[0];
    expect(row.getAttribute('aria-label')).toBe('<b>a</b>.csv, asks');
    expect(row.textContent).toContain('Several columns hold text.');

    // Closed, it can be opened again; opened twice, it is one.
    fireEvent.click(screen.getByRole('button', { name: 'Not now' }));
    expect(forms()).toHaveLength(0);
    fireEvent.keyDown(row, { key: 'Enter' });
    await bench.settle();
    fireEvent.click(
      screen.getByRole('button', { name: 'Say how to read it…' })
    );
    await bench.settle();
    expect(forms()).toHaveLength(1);

    fireEvent.click(screen.getByRole('button', { name: 'Cancel the upload' }));
    await bench.settle();
    expect(forms()).toHaveLength(0);
    expect(bench.server.asked).toContain('DELETE /uploads/up_1');
  });

  it('is told of where the reader went on to something else', async () => {
    const told = vi.spyOn(Notification, 'info').mockReturnValue('');
    const now = vi.spyOn(performance, 'now');
    now.mockReturnValueOnce(-3_600_000);
    await drop();
    now.mockRestore();
    expect(forms()).toHaveLength(0);
    const [message, options] = told.mock.lastCall!;
    expect(message).toContain('<b>a</b>.csv');
    await act(async () => options!.actions![0].callback({} as MouseEvent));
    await bench.settle();
    expect(forms()).toHaveLength(1);
  });

  it('is asked of a path too', async () => {
    await act(() => bench.desk.actions.addPaths(['/data/a.csv']));
    await bench.settle();
    expect(forms()).toHaveLength(1);
    expect(bench.server.asked).not.toContain('POST /datasets');
  });

  it('is left to the job where only the looking fails', async () => {
    bench.server.on('POST /datasets/look', () => refusal(504, 'timed_out'));
    await bench.desk.actions.addPaths(['/data/a.csv']);
    expect(bench.sent).toEqual({ path: '/data/a.csv' });
    expect(bench.server.asked).toContain('POST /datasets');
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
      onFolders: () => dropped.push('folders'),
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

  const item = (name: string, isDirectory = false) => ({
    kind: 'file',
    webkitGetAsEntry: () => ({ isDirectory }),
    getAsFile: () => new File([''], name)
  });

  it('of files from the desktop are taken, folders are told of', () => {
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
    expect(dropped).toEqual([['a.txt'], 'folders']);
    expect(isMarked()).toBe(false);
  });

  it('of folders alone send nothing', () => {
    native('drop', { types: ['Files'], items: [item('folder', true)] });
    expect(dropped).toEqual(['folders']);
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
  it('says of folders what to do', async () => {
    const told = vi.spyOn(Notification, 'info').mockReturnValue('');
    await import('./addWidget');
    bench.desk.actions.explainFolders();
    const [message, options] = told.mock.lastCall!;
    expect(message).toContain('by its path');
    await act(async () => options!.actions![0].callback({} as MouseEvent));
    await bench.settle();
    expect(screen.getByRole('form', { name: 'Add a dataset' })).toBeDefined();
  });

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
