/** Names of objects are any text whatever; here they become code, comments and Markdown that do no harm. */

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield match case type'
  ).split(' ')
);

// Shadowing one of these would break the reader's next line.
const BUILTINS = new Set(
  (
    'abs all any ascii bin bool bytes callable chr compile complex copyright credits delattr dict dir display divmod ' +
    'enumerate eval exec exit filter float format get_ipython getattr globals hasattr hash help hex id input int ' +
    'isinstance issubclass iter len license list locals map max memoryview min ms next object oct open ord pow print ' +
    'property quit range repr reversed round set setattr slice sorted str sum super tuple vars ws zip np pd plt torch'
  ).split(' ')
);

const MAX_VARIABLE = 40;

/** Control and format characters, bidirectional marks, line breaks of every kind, lone surrogates. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** `text` in one line without anything that hides or reorders what is shown. */
export function oneLine(text: string, limit = 80): string {
  const clean = text.replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim();
  const letters = Array.from(clean);
  return letters.length > limit
    ? letters.slice(0, limit - 1).join('') + '…'
    : clean;
}

/** `text` as a Python string literal that holds exactly it. */
export function pythonString(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, letter => {
      const point = letter.codePointAt(0) ?? 0;
      const digits = point.toString(16);
      return point > 0xffff
        ? '\\U' + digits.padStart(8, '0')
        : '\\u' + digits.padStart(4, '0');
    });
  return `"${escaped}"`;
}

/** A variable's name that reminds of `name`; `noun` where nothing of it can be used. */
export function variableName(name: string, noun: string): string {
  let found = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, MAX_VARIABLE)
    .replace(/^_+|_+$/g, '');
  if (!/[a-z]/.test(found)) {
    found = found ? `${noun}_${found}` : noun;
  } else if (/^[0-9]/.test(found)) {
    found = `${noun}_${found}`;
  }
  return KEYWORDS.has(found) || BUILTINS.has(found)
    ? `${found}_${noun}`
    : found;
}

/** `base`, or `base_2`, `base_3` … so that it is not among `taken`. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let number = 2; taken.has(name); number++) {
    name = `${base}_${number}`;
  }
  return name;
}

/** `text` as plain words in Markdown: no link, tag, formula or emphasis comes of it. */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()#!|<>&~$:@]/g, '\\$&')
    .replace(/\b(www)\./gi, '$1\\.');
}
