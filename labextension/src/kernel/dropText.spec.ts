import { fitLines, languageOf, lineAt, placeInLine } from './dropText';

describe('where code fits on a line', () => {
  it.each([
    ['', '', 'lines'],
    ['    ', '', 'lines'],
    ['', 'x = 1', 'lines-above'],
    ['x = 1', '', 'lines-below'],
    ['x = ', '', 'expression'],
    ['f(', ')', 'expression'],
    ['f(a, ', '', 'expression'],
    ['return ', '', 'expression'],
    ['for x in ', ':', 'expression'],
    ['print', '', 'lines-below']
  ])('%j|%j: %s', (before, after, place) => {
    expect(placeInLine(before, after)).toBe(place);
  });

  it('keeps the indentation of the line', () => {
    expect(fitLines('a\n\nb', 'lines', '  ')).toBe('a\n\n  b');
    expect(fitLines('a\nb', 'lines-above', '  ')).toBe('a\n  b\n  ');
    expect(fitLines('a\nb', 'lines-below', '  x = 1')).toBe('\n  a\n  b');
  });
});

describe('the editor under the pointer', () => {
  function editor(language: string | null, around = 'div'): HTMLElement {
    const outer = document.createElement('div');
    outer.className = around;
    outer.innerHTML = `<div class="jp-CodeMirrorEditor"><div class="cm-content"><div class="cm-line">x = 1</div></div></div>`;
    if (language) {
      outer
        .querySelector('.cm-content')
        ?.setAttribute('data-language', language);
    }
    return outer.querySelector<HTMLElement>('.jp-CodeMirrorEditor') ?? outer;
  }

  it('is known by its language, or by its cell', () => {
    expect(languageOf(editor('python'))).toBe('python');
    expect(languageOf(editor('markdown'))).toBe('markdown');
    expect(languageOf(editor('python', 'jp-MarkdownCell'))).toBe('markdown');
    expect(languageOf(editor('javascript'))).toBe('other');
    expect(languageOf(editor(null))).toBe('other');
    expect(languageOf(editor(null, 'jp-CodeCell'))).toBe('python');
  });

  it('ends with its last line where the pointer is below all', () => {
    expect(lineAt(editor('python'), 0, 0)).toEqual(['x = 1', '']);
  });

  it('is cut where the caret would stand', () => {
    const node = editor('python');
    document.body.append(node);
    const text = node.querySelector('.cm-line')?.firstChild as Text;
    Object.assign(document, {
      caretPositionFromPoint: () => ({ offsetNode: text, offset: 4 })
    });
    expect(lineAt(node, 0, 0)).toEqual(['x = ', '1']);
    Object.assign(document, { caretPositionFromPoint: undefined });
    node.remove();
  });
});
