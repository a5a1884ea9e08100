import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { kernelPlugin } from '.';
import type { IMiStudio } from '../tokens';
import { addCommands, CommandIDs } from './commands';
import { KernelHandoff } from './handoff';
import { ensureImport, insertIntoConsole, insertIntoNotebook } from './insert';
import { HandoffTarget } from './target';
import { terminalAt } from './terminals';
import { NASTY } from './testing/names';
import type { IKernelHandoff } from './tokens';

const trans = nullTranslator.load('');
const stories = {
  kind: 'dataset',
  id: 'ds_1',
  name: 'stories',
  detail: '3 samples'
};
const CODE =
  'import mistudio_ext as ms\n\nstories = ms.dataset("ds_1")  # stories: 3 samples';

/** As much of a cell as is written to. */
class FakeCell {
  constructor(
    private source = '',
    type = 'code'
  ) {
    this.model = {
      type,
      sharedModel: {
        getSource: () => this.source,
        setSource: (text: string) => {
          this.source = text;
        },
        updateSource: (from: number, to: number, text: string) => {
          this.source =
            this.source.slice(0, from) + text + this.source.slice(to);
        }
      }
    };
  }
  readonly model;
  readonly node = document.createElement('div');
  get text(): string {
    return this.source;
  }
}

vi.mock('@jupyterlab/notebook', async original => ({
  ...(await original<object>()),
  NotebookActions: {
    insertBelow: (notebook: FakeNotebook) => notebook.insertBelow(),
    changeCellType: (notebook: FakeNotebook, type: string) => {
      notebook.activeCell!.model.type = type;
    }
  }
}));

class FakeNotebook {
  constructor(...cells: FakeCell[]) {
    this.widgets = cells;
    this.activeCell = cells[0] ?? null;
  }
  readonly widgets: FakeCell[];
  activeCell: FakeCell | null;
  seen: FakeCell | null = null;
  insertBelow(): void {
    this.activeCell = new FakeCell();
    this.widgets.push(this.activeCell);
  }
  async scrollToCell(cell: FakeCell): Promise<void> {
    this.seen = cell;
  }
}

function trackerOf(...panels: object[]) {
  return {
    currentWidget: panels[0] ?? null,
    currentChanged: new Signal<object, object | null>({}),
    find: (test: (each: object) => boolean) => panels.find(test)
  };
}

function notebookPanel(content = new FakeNotebook(), model = {}) {
  const node = document.createElement('div');
  return { title: { label: 'a.ipynb' }, content, model, node };
}

function consolePanel(source = '') {
  const promptCell = new FakeCell(source);
  return { title: { label: 'Console 1' }, console: { promptCell }, promptCell };
}

function handoffTo(notebooks: object | null, consoles: object | null = null) {
  const target = new HandoffTarget({
    notebooks: notebooks as never,
    consoles: consoles as never,
    shell: null,
    trans
  });
  const handoff = new KernelHandoff({
    target,
    trans,
    workspace: () => null,
    terminalAt: () => null
  });
  handoff.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
  return { handoff, target };
}

describe('inserting', () => {
  it('fills an empty cell, else makes one below', async () => {
    const content = new FakeNotebook(new FakeCell('  '), new FakeCell('x = 1'));
    await insertIntoNotebook({ content } as never, 'code');
    expect(content.widgets.map(each => each.text)).toEqual(['code', 'x = 1']);
    await insertIntoNotebook({ content } as never, 'more');
    expect(content.widgets.map(each => each.text)).toEqual([
      'code',
      'x = 1',
      'more'
    ]);
    expect(content.seen).toBe(content.activeCell);
  });

  it('makes code of an empty cell for words, and a cell of its own in an empty notebook', async () => {
    const words = new FakeNotebook(new FakeCell('', 'markdown'));
    await insertIntoNotebook({ content: words } as never, 'code');
    expect(words.activeCell?.model.type).toBe('code');
    const empty = new FakeNotebook();
    await insertIntoNotebook({ content: empty } as never, 'code');
    expect(empty.widgets[0].text).toBe('code');
  });

  it('adds to what stands at a prompt', () => {
    const panel = consolePanel('x = 1\n');
    insertIntoConsole(panel as never, 'code');
    expect(panel.promptCell.text).toBe('x = 1\ncode');
    const fresh = consolePanel();
    insertIntoConsole(fresh as never, 'code');
    expect(fresh.promptCell.text).toBe('code');
  });

  it('imports once in a notebook', () => {
    const content = new FakeNotebook(new FakeCell('len(ms.dataset("ds_1"))'));
    const editor = document.createElement('div');
    content.widgets[0].node.append(editor);
    ensureImport({ content } as never, editor);
    ensureImport({ content } as never, editor);
    expect(content.widgets[0].text).toBe(
      'import mistudio_ext as ms\nlen(ms.dataset("ds_1"))'
    );
  });

  it('goes to the notebook or console that was used last', async () => {
    const panel = notebookPanel(new FakeNotebook(new FakeCell()));
    const prompt = consolePanel();
    const [notebooks, consoles] = [trackerOf(panel), trackerOf(prompt)];
    const { handoff, target } = handoffTo(notebooks, consoles);
    const changed = vi.fn();
    handoff.selectedChanged.connect(changed);
    consoles.currentChanged.emit(prompt);
    expect(changed).toHaveBeenCalledTimes(1);
    expect([target.name, target.notebook]).toEqual(['Console 1', null]);
    await handoff.insert([stories]);
    expect(prompt.promptCell.text).toBe(CODE);
    notebooks.currentChanged.emit(panel);
    expect(target.console).toBeNull();
    await handoff.insert([stories]);
    expect(panel.content.widgets[0].text).toBe(CODE);
    expect(target.notebookAt(panel.node)).toBe(panel);
    expect(target.notebookAt(document.body)).toBeNull();
  });

  it('says why it cannot', async () => {
    const told = vi.spyOn(Notification, 'warning').mockReturnValue('');
    await handoffTo(null).handoff.insert([stories]);
    const panel = notebookPanel(new FakeNotebook(), { readOnly: true });
    await handoffTo(trackerOf(panel)).handoff.insert([stories]);
    expect(told.mock.calls.map(([message]) => message)).toEqual([
      'Open a notebook or a console first.',
      'This notebook is read-only.'
    ]);
    expect(panel.content.widgets).toEqual([]);
  });

  it('leaves a name of any kind in its comment, on one line', async () => {
    for (const name of NASTY) {
      const content = new FakeNotebook(new FakeCell());
      const { handoff } = handoffTo(trackerOf(notebookPanel(content)));
      await handoff.insert([{ ...stories, name }]);
      const lines = content.widgets[0].text.split(/[\n\r\u2028\u2029\v\f]/);
      expect(lines).toHaveLength(3);
      expect(lines[2]).toMatch(/^[a-z]\w* = ms\.dataset\("ds_1"\) {2}# /);
    }
  });
});

describe('the commands', () => {
  function draw(notebooks: object | null) {
    const commands = new CommandRegistry();
    const { handoff } = handoffTo(notebooks);
    addCommands(commands, handoff, trans);
    return { commands, handoff };
  }

  it('say what to select, and what to open', () => {
    const { commands, handoff } = draw(null);
    for (const id of Object.values(CommandIDs)) {
      expect(commands.isEnabled(id)).toBe(false);
      expect(commands.caption(id)).toBe(
        'Select something in a panel of miStudio first.'
      );
    }
    const changed: (string | undefined)[] = [];
    commands.commandChanged.connect((_, { id }) => changed.push(id));
    handoff.select([stories]);
    expect(changed).toEqual(Object.values(CommandIDs));
    expect(commands.caption(CommandIDs.insert)).toBe(
      'Open a notebook or a console first.'
    );
    expect(commands.isEnabled(CommandIDs.send)).toBe(false);
    expect(commands.isEnabled(CommandIDs.copy)).toBe(true);
  });

  it('insert and copy what is selected, or what is given', async () => {
    const content = new FakeNotebook(new FakeCell());
    const { commands, handoff } = draw(trackerOf(notebookPanel(content)));
    handoff.select([stories]);
    await commands.execute(CommandIDs.insert);
    expect(content.widgets[0].text).toBe(CODE);
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    const objects = [{ ...stories, id: 'ds_2', name: 'notes' }];
    await commands.execute(CommandIDs.copy, { objects });
    expect(copied.mock.calls[0][0]).toContain('notes = ms.dataset("ds_2")');
  });
});

describe('a drag', () => {
  let content: FakeNotebook;
  let over: Element;
  let handoff: IKernelHandoff;
  const typed: unknown[] = [];

  beforeEach(() => {
    typed.length = 0;
    document.body.innerHTML = `
      <div class="jp-Terminal"></div>
      <div class="jp-Notebook">
        <div class="jp-Cell jp-mod-dropTarget">
          <div class="jp-CodeMirrorEditor"><div class="cm-content" data-language="python"><div class="cm-line"></div></div></div>
        </div>
        <p>between</p>
      </div>`;
    content = new FakeNotebook(new FakeCell());
    const panel = notebookPanel(content);
    panel.node.append(document.querySelector('.jp-Notebook')!);
    document.body.append(panel.node);
    content.widgets[0].node.append(document.querySelector('.jp-Cell')!);
    panel.node.firstElementChild!.prepend(content.widgets[0].node);
    Object.assign(document, { elementFromPoint: () => over });
    const target = new HandoffTarget({
      notebooks: trackerOf(panel) as never,
      consoles: null,
      shell: null,
      trans
    });
    handoff = new KernelHandoff({
      target,
      trans,
      workspace: () => null,
      terminalAt: element =>
        element.matches('.jp-Terminal')
          ? ({ send: (sent: unknown) => typed.push(sent) } as never)
          : null
    });
    handoff.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
  });

  afterEach(() => {
    Object.assign(document, { elementFromPoint: undefined });
    document.body.innerHTML = '';
  });

  const pointer = (type: string, x: number, buttons = 1) =>
    document.dispatchEvent(
      new MouseEvent(type, {
        clientX: x,
        clientY: 0,
        buttons,
        cancelable: true
      })
    );

  /** Drag to what is at the selector; what a listener there is offered. */
  async function drag(
    selector: string,
    objects = [stories]
  ): Promise<Record<string, unknown>> {
    over = document.querySelector(selector)!;
    let offered: Record<string, unknown> = {};
    const take = (event: Event) => {
      const { mimeData } = event as Event & {
        mimeData: { types(): string[]; getData(type: string): unknown };
      };
      event.preventDefault();
      Object.assign(event, { dropAction: 'copy' });
      if (event.type === 'lm-drop') {
        offered = Object.fromEntries(
          mimeData.types().map(each => [each, mimeData.getData(each)])
        );
      }
    };
    const taker = new AbortController();
    for (const type of ['lm-dragenter', 'lm-dragover', 'lm-drop']) {
      over.addEventListener(type, take, { signal: taker.signal });
    }
    handoff.beginDrag({ button: 0, clientX: 0, clientY: 0 }, objects);
    pointer('mousemove', 10);
    expect(document.querySelector('.jp-mistudio-DragImage')).not.toBeNull();
    pointer('pointermove', 12);
    pointer('pointerup', 12);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(document.querySelector('.jp-mistudio-DragImage')).toBeNull();
    taker.abort();
    return offered;
  }

  it('is a cell between cells', async () => {
    const offered = await drag('p');
    expect(offered['application/vnd.jupyter.cells']).toEqual([
      {
        cell_type: 'code',
        source: CODE,
        metadata: {},
        outputs: [],
        execution_count: null
      }
    ]);
  });

  it('is lines on an empty line, and no cell, although it passed over the notebook', async () => {
    expect(await drag('.jp-CodeMirrorEditor')).toEqual({ 'text/plain': CODE });
    expect(document.querySelector('.jp-mod-dropTarget')).toBeNull();
  });

  it('is an expression within a line, with its import', async () => {
    document.querySelector('.cm-line')!.textContent = 'x = ';
    expect(await drag('.jp-CodeMirrorEditor')).toEqual({
      'text/plain': 'ms.dataset("ds_1")'
    });
    expect(content.widgets[0].text).toBe('import mistudio_ext as ms\n');
  });

  it('is words in words, and ids in other languages', async () => {
    const code = document.querySelector('.cm-content')!;
    code.setAttribute('data-language', 'markdown');
    const name = '<script>[x](y)';
    const { 'text/plain': words } = await drag('.jp-CodeMirrorEditor', [
      { ...stories, name }
    ]);
    expect(words).toBe(
      '**\\<script\\>\\[x\\](y)** (dataset `ds_1`: 3 samples)'.replace(
        '(y)',
        '\\(y\\)'
      )
    );
    code.setAttribute('data-language', 'javascript');
    expect(
      await drag('.jp-CodeMirrorEditor', [stories, { ...stories, id: 'ds_2' }])
    ).toEqual({ 'text/plain': 'ds_1 ds_2' });
  });

  it('types the id in a terminal, without running anything', async () => {
    await drag('.jp-Terminal', [{ ...stories, id: 'ds_1\n; rm -rf /' }]);
    expect(typed).toEqual([{ type: 'stdin', content: ['ds_1rm-rf/'] }]);
  });

  it('begins only with the left button, pressed and moved', () => {
    const begun = () => document.querySelector('.jp-mistudio-DragImage');
    handoff.beginDrag({ button: 2, clientX: 0, clientY: 0 }, [stories]);
    pointer('mousemove', 50);
    handoff.beginDrag({ button: 0, clientX: 0, clientY: 0 }, [stories]);
    pointer('mousemove', 4);
    pointer('mouseup', 4);
    pointer('mousemove', 50);
    // Released outside the window: the next move has no button.
    handoff.beginDrag({ button: 0, clientX: 0, clientY: 0 }, [stories]);
    pointer('mousemove', 50, 0);
    pointer('mousemove', 60);
    expect(begun()).toBeNull();
  });

  it('shows the name, and how many there are, as text', () => {
    const name = '<b>x</b>';
    handoff.beginDrag({ button: 0, clientX: 0, clientY: 0 }, [
      { ...stories, name },
      stories
    ]);
    pointer('mousemove', 10);
    const image = document.querySelector('.jp-mistudio-DragImage')!;
    expect(image.textContent).toBe(`${name}2`);
    over = document.body;
    document.dispatchEvent(
      new KeyboardEvent('keydown', { keyCode: 27 } as KeyboardEventInit)
    );
  });
});

describe('a terminal', () => {
  it('is found by its element, where it is connected', () => {
    const node = document.createElement('div');
    node.innerHTML = '<div class="jp-Terminal"><span></span></div>';
    const session = { send: () => {}, connectionStatus: 'connected' };
    const widget = { node, content: { session } };
    const shell = {
      widgets: (area: string) => (area === 'down' ? [widget] : [])
    } as unknown as JupyterFrontEnd.IShell;
    expect(terminalAt(shell, node.querySelector('span')!)).toBe(session);
    expect(terminalAt(shell, node)).toBeNull();
    session.connectionStatus = 'disconnected';
    expect(terminalAt(shell, node.querySelector('span')!)).toBeNull();
    widget.content = {} as never;
    expect(terminalAt(shell, node.querySelector('span')!)).toBeNull();
  });
});

describe('the plugin', () => {
  it('tells kernels of a workspace that is not the default one, also of a later one', async () => {
    let system: object | null = { default_workspace: false, workspace: '/a"b' };
    const studio = {
      trans,
      systemChanged: new Signal<object, void>({}),
      system: () =>
        system ? Promise.resolve(system) : Promise.reject(new Error('away'))
    };
    const palette = { addItem: vi.fn() };
    const app = {
      commands: new CommandRegistry(),
      shell: { widgets: () => [] }
    } as unknown as JupyterFrontEnd;
    const handoff = await kernelPlugin.activate(
      app,
      studio as unknown as IMiStudio,
      null,
      null,
      palette
    );
    handoff.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
    await Promise.resolve();
    expect(handoff.code([stories])).toContain('ws = ms.open("/a\\"b")');
    expect(palette.addItem).toHaveBeenCalledTimes(3);
    // Away: what was known stays true.
    system = null;
    studio.systemChanged.emit();
    await new Promise(resolve => setTimeout(resolve));
    expect(handoff.code([stories])).toContain('ms.open(');
    system = { default_workspace: true, workspace: '/a' };
    studio.systemChanged.emit();
    await new Promise(resolve => setTimeout(resolve));
    expect(handoff.code([stories])).toBe(CODE);
  });
});
