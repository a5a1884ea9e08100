import { NASTY } from './testing/names';
import {
  freeName,
  markdownText,
  oneLine,
  pythonString,
  variableName
} from './text';

describe('oneLine', () => {
  it.each(NASTY)('keeps %j on one short line that hides nothing', name => {
    const line = oneLine(name);
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(Array.from(line).length).toBeLessThanOrEqual(80);
  });

  it('leaves ordinary names alone', () => {
    expect(oneLine('Müsli — 日本')).toBe('Müsli — 日本');
  });
});

describe('variableName', () => {
  it.each(NASTY)('makes an identifier of %j', name => {
    const variable = variableName(name, 'dataset');
    expect(variable).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(variable.length).toBeLessThanOrEqual(60);
    expect(['class', 'list', 'ms', 'ws', 'import']).not.toContain(variable);
  });

  it.each([
    ['stories', 'stories'],
    ['My Stories (v2)', 'my_stories_v2'],
    ['Müsli', 'musli'],
    ['2024', 'dataset_2024'],
    ['2024 news', 'dataset_2024_news'],
    ['class', 'class_dataset'],
    ['list', 'list_dataset'],
    ['日本語', 'dataset']
  ])('reminds of %j', (name, variable) => {
    expect(variableName(name, 'dataset')).toBe(variable);
  });
});

describe('pythonString', () => {
  it.each(NASTY)('holds exactly %j', name => {
    const literal = pythonString(name);
    expect(literal).toMatch(
      /^"(?:[^"\\\n\r]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"$/u
    );
    // Python's and JavaScript's escapes agree, but for the long form.
    const read = literal.replace(/\\U([0-9a-f]{8})/g, (_, digits: string) =>
      String.fromCodePoint(parseInt(digits, 16))
    );
    expect(new Function(`return ${read}`)()).toBe(name);
  });
});

describe('markdownText', () => {
  it.each(NASTY)('makes nothing but words of %j', name => {
    const text = markdownText(name);
    expect(text).not.toMatch(/(?<!\\)[`*_[\]<>|$:@]/);
    expect(text).not.toContain('\n');
  });
});

describe('freeName', () => {
  it('counts up past what is taken', () => {
    expect(freeName('a', new Set())).toBe('a');
    expect(freeName('a', new Set(['a', 'a_2']))).toBe('a_3');
  });
});
