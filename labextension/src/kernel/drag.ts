import type { Terminal } from '@jupyterlab/services';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { fitLines, languageOf, lineAt, placeInLine } from './dropText';

const CELLS = 'application/vnd.jupyter.cells';
const TEXT = 'text/plain';
/** JupyterLab's class for where a drop would go. */
const MARK = 'jp-mod-dropTarget';
const EVENTS = ['lm-dragenter', 'lm-dragover', 'lm-drop'];
/** A press that moves less is a click. */
const THRESHOLD = 5;

/** What a drag leaves, depending on where it ends. */
export interface IDragContent {
  lines: string;
  expression: string;
  markdown: string;
  ids: string;
}

export interface IDragOptions {
  content: IDragContent;
  image: HTMLElement;
  /** The terminal session shown at this element, if it is one. */
  terminalAt(element: Element): Terminal.ITerminalConnection | null;
  /** An expression was dropped in this editor; it needs `ms` to be imported. */
  onExpression(editor: Element): void;
}

/**
 * A drag that is text over an editor and a cell elsewhere in a notebook.
 *
 * A notebook takes the cells type wherever it is offered, also over its editors;
 * so it is offered or not as the pointer moves, before the notebook looks.
 */
export class StudioDrag extends Drag {
  constructor(private readonly options: IDragOptions) {
    super({
      mimeData: new MimeData(),
      dragImage: options.image,
      supportedActions: 'copy',
      proposedAction: 'copy'
    });
    this.mimeData.setData(TEXT, options.content.lines);
    for (const type of EVENTS) {
      document.addEventListener(type, this.choose, true);
    }
  }

  override dispose(): void {
    for (const type of EVENTS) {
      document.removeEventListener(type, this.choose, true);
    }
    super.dispose();
  }

  private readonly choose = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof Element)) {
      return;
    }
    const editor = target.closest('.jp-CodeMirrorEditor');
    if (editor) {
      this.mimeData.clearData(CELLS);
      // The notebook marked where a cell would go, and does not see the drag any more.
      unmark(editor.closest('.jp-Notebook'));
      if (event.type === 'lm-drop') {
        this.mimeData.setData(TEXT, this.textFor(editor, event as Drag.Event));
      }
      return;
    }
    const terminal = this.options.terminalAt(target);
    if (terminal) {
      this.overTerminal(event as Drag.Event, terminal);
      return;
    }
    this.mimeData.setData(CELLS, [codeCell(this.options.content.lines)]);
  };

  private textFor(editor: Element, event: Drag.Event): string {
    const { content } = this.options;
    switch (languageOf(editor)) {
      case 'markdown':
        return content.markdown;
      case 'other':
        return content.ids;
    }
    const [before, after] = lineAt(editor, event.clientX, event.clientY);
    const place = placeInLine(before, after);
    if (place === 'expression') {
      this.options.onExpression(editor);
      return content.expression;
    }
    return fitLines(content.lines, place, before);
  }

  /** Terminals know nothing of drags: the id is typed for them, without a line break. */
  private overTerminal(
    event: Drag.Event,
    terminal: Terminal.ITerminalConnection
  ): void {
    event.preventDefault();
    event.stopPropagation();
    event.dropAction = 'copy';
    if (event.type === 'lm-drop') {
      terminal.send({ type: 'stdin', content: [this.options.content.ids] });
    }
  }
}

function unmark(notebook: Element | null): void {
  for (const marked of notebook?.querySelectorAll(`.${MARK}`) ?? []) {
    marked.classList.remove(MARK);
  }
}

export function codeCell(source: string): object {
  return {
    cell_type: 'code',
    source,
    metadata: {},
    outputs: [],
    execution_count: null
  };
}

/** Run `start` once the pressed pointer has moved far enough; a click stays a click. */
export function afterThreshold(
  press: { button: number; clientX: number; clientY: number },
  start: (x: number, y: number) => void
): void {
  if (press.button !== 0) {
    return;
  }
  const stop = () => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', stop, true);
  };
  const move = (event: MouseEvent) => {
    const far = Math.max(
      Math.abs(event.clientX - press.clientX),
      Math.abs(event.clientY - press.clientY)
    );
    // A button that was released outside the window is seen only here.
    if (event.buttons === 0) {
      stop();
    } else if (far >= THRESHOLD) {
      stop();
      event.preventDefault();
      // What was marked since the press would be dragged natively next time.
      window.getSelection()?.removeAllRanges();
      start(event.clientX, event.clientY);
    }
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', stop, true);
}

/** What follows the pointer: the name, and how many there are. */
export function dragImage(name: string, count: number): HTMLElement {
  const image = document.createElement('div');
  image.className = 'jp-mistudio-DragImage';
  const label = document.createElement('span');
  label.className = 'jp-mistudio-DragImage-name';
  label.textContent = name;
  image.append(label);
  if (count > 1) {
    const badge = document.createElement('span');
    badge.className = 'jp-mistudio-DragImage-count';
    badge.textContent = String(count);
    image.append(badge);
  }
  return image;
}
