// Which parts of a text went and which came. No React here.

export interface IDiffPart {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** Beyond so many comparisons the middle is told as replaced. */
const MOST = 1_000_000;

/** The shortest way, in words and single signs, from one text to another. */
export function textDiff(before: string, after: string): IDiffPart[] {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++;
  }
  const parts: IDiffPart[] = [];
  const add = (kind: IDiffPart['kind'], text: string) => {
    const last = parts[parts.length - 1];
    if (last?.kind === kind) {
      last.text += text;
    } else if (text) {
      parts.push({ kind, text });
    }
  };
  add('same', a.slice(0, start).join(''));
  const gone = a.slice(start, a.length - end);
  const come = b.slice(start, b.length - end);
  if (gone.length * come.length > MOST) {
    add('gone', gone.join(''));
    add('new', come.join(''));
  } else {
    walk(gone, come, add);
  }
  add('same', a.slice(a.length - end).join(''));
  return parts;
}

/** Runs of letters, and every other sign by itself, so that a blank or a mark can go alone. */
function words(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]/gu) ?? [];
}

/** Along the longest common subsequence. */
function walk(
  a: readonly string[],
  b: readonly string[],
  add: (kind: IDiffPart['kind'], text: string) => void
): void {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', a[i]);
      i++;
      j++;
    } else if (
      j === b.length ||
      (i < a.length &&
        longest[(i + 1) * width + j] >= longest[i * width + j + 1])
    ) {
      add('gone', a[i++]);
    } else {
      add('new', b[j++]);
    }
  }
}
