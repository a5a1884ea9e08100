// How a token's text is shown: nothing in it may vanish, act, or reorder its neighbors. No React here.

export type TextPart =
  /** Letters as they are. */
  | { kind: 'plain'; text: string }
  /** White space or a character that has no look of its own, as a mark. */
  | { kind: 'mark'; text: string; name: string }
  /** A line break: the mark, and then a new line. */
  | { kind: 'break'; text: string };

const PARTS =
  /(\r\n|[\n\r\u0085\u2028\u2029])|([\p{Zs}\t])|([\p{C}\u115f\u1160\u3164\uffa0])/gu;

/** `text` cut into what is readable and what needs a mark. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(PARTS)) {
    if (match.index > from) {
      parts.push({ kind: 'plain', text: text.slice(from, match.index) });
    }
    from = match.index + match[0].length;
    parts.push(match[1] ? { kind: 'break', text: '↵' } : markOf(match[0]));
  }
  if (from < text.length) {
    parts.push({ kind: 'plain', text: text.slice(from) });
  }
  return parts;
}

function markOf(letter: string): TextPart {
  const name = codeName(letter);
  if (letter === '\t') {
    return { kind: 'mark', text: '→', name };
  }
  if (letter === ' ') {
    return { kind: 'mark', text: '·', name };
  }
  return { kind: 'mark', text: /\p{Zs}/u.test(letter) ? '␣' : name, name };
}

/** `U+200D` for a character without a look. */
export function codeName(letter: string): string {
  return (
    'U+' +
    (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  );
}

/** A token's own spelling in one line, for titles and readers: hidden characters are named. */
export function spelled(text: string): string {
  return textParts(text)
    .map(part => (part.kind === 'mark' && part.text === '·' ? ' ' : part.text))
    .join('');
}
