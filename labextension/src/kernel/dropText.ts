/** What is inserted where the pointer is: code in code, words in Markdown, an id anywhere else. */

export type DropPlace = 'lines' | 'lines-below' | 'lines-above' | 'expression';

/** After one of these a line wants a value. */
const WANTS_VALUE =
  /(?:[([{,:=+\-*/%&|^~<>@.]|\b(?:and|or|not|in|is|if|else|return|yield|await|lambda|assert|del|for|while|with))\s*$/;

/** How code fits between `before` and `after` the drop point on its line. */
export function placeInLine(before: string, after: string): DropPlace {
  if (!before.trim()) {
    return after.trim() ? 'lines-above' : 'lines';
  }
  return after.trim() || WANTS_VALUE.test(before)
    ? 'expression'
    : 'lines-below';
}

/** `lines`, fitted to their place and indented as the line they land in. */
export function fitLines(
  lines: string,
  place: DropPlace,
  before: string
): string {
  const indent = /^\s*/.exec(before)?.[0] ?? '';
  const indented = lines
    .split('\n')
    .map(line => (line ? indent + line : line))
    .join('\n');
  switch (place) {
    case 'lines':
      return indented.slice(indent.length);
    case 'lines-above':
      return indented.slice(indent.length) + '\n' + indent;
    default:
      return '\n' + indented;
  }
}

/** The text of the editor's line before and after the point; both empty where there is none. */
export function lineAt(
  editor: Element,
  x: number,
  y: number
): [string, string] {
  const caret = caretAt(x, y);
  const line = caret && closest(caret.node, '.cm-line');
  if (caret && line && editor.contains(line)) {
    const range = document.createRange();
    range.setStart(line, 0);
    range.setEnd(caret.node, caret.offset);
    const before = range.toString();
    return [before, (line.textContent ?? '').slice(before.length)];
  }
  // Below the last line, the editor inserts at the end of it.
  const last = Array.from(editor.querySelectorAll('.cm-line')).pop();
  return [last?.textContent ?? '', ''];
}

export type EditorLanguage = 'python' | 'markdown' | 'other';

export function languageOf(editor: Element): EditorLanguage {
  const language = editor
    .querySelector('.cm-content')
    ?.getAttribute('data-language')
    ?.toLowerCase();
  if (editor.closest('.jp-MarkdownCell') || language === 'markdown') {
    return 'markdown';
  }
  if (language) {
    return language === 'python' ? 'python' : 'other';
  }
  // A notebook whose kernel has not yet said its language.
  return editor.closest('.jp-CodeCell') ? 'python' : 'other';
}

interface ICaret {
  node: Node;
  offset: number;
}

/** Browsers have one of two calls for this, under two names. */
interface ICaretDocument {
  caretPositionFromPoint?(
    x: number,
    y: number
  ): { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?(x: number, y: number): Range | null;
}

function caretAt(x: number, y: number): ICaret | null {
  // While dragging, Lumino holds a cover for the cursor between pointer and page.
  const cover = document.querySelector<HTMLElement>('.lm-cursor-backdrop');
  if (!cover) {
    return caretOfPage(x, y);
  }
  cover.style.zIndex = '-1000';
  try {
    return caretOfPage(x, y);
  } finally {
    cover.style.zIndex = '';
  }
}

function caretOfPage(x: number, y: number): ICaret | null {
  const page: ICaretDocument = document;
  const position = page.caretPositionFromPoint?.(x, y);
  if (position) {
    return { node: position.offsetNode, offset: position.offset };
  }
  const range = page.caretRangeFromPoint?.(x, y);
  return range
    ? { node: range.startContainer, offset: range.startOffset }
    : null;
}

function closest(node: Node, selector: string): Element | null {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest(selector) ?? null;
}
