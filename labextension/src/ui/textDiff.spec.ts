import { textDiff } from './textDiff';

const shown = (before: string, after: string) =>
  textDiff(before, after)
    .map(({ kind, text }) => ({ same: '=', gone: '-', new: '+' })[kind] + text)
    .join('|');

describe('textDiff', () => {
  it.each([
    ['the same', 'the same', '=the same'],
    ['', '', ''],
    ['', 'new', '+new'],
    ['gone', '', '-gone'],
    ['<p>It rained.</p>', 'It rained.', '-<p>|=It rained.|-</p>'],
    ['a  b   c', 'a b c', '=a |- |=b|-  |= c'],
    ['rain\u200bfall', 'rainfall', '-rain\u200bfall|+rainfall'],
    ['the cat sat', 'the dog sat', '=the |-cat|+dog|= sat'],
    ['e\u0301t', 'ét', '-e\u0301t|+ét'],
    ['😀 a', 'a', '-😀 |=a']
  ])('of %j and %j', (before, after, parts) => {
    expect(shown(before, after)).toBe(parts);
  });

  it('holds both texts, whatever they are', () => {
    const letters = ['a', 'b ', ' ', '\n', '<i>', '\u202e', '😀', 'é'];
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647);
    const text = () =>
      Array.from(
        { length: random() % 30 },
        () => letters[random() % letters.length]
      ).join('');
    for (let turn = 0; turn < 300; turn++) {
      const [before, after] = [text(), text()];
      const parts = textDiff(before, after);
      const without = (kind: string) =>
        parts
          .filter(each => each.kind !== kind)
          .map(each => each.text)
          .join('');
      expect(without('new')).toBe(before);
      expect(without('gone')).toBe(after);
    }
  });

  it('does not look for long in what has nothing in common', () => {
    const parts = textDiff('a '.repeat(5000), 'b '.repeat(5000));
    expect(parts.map(each => each.kind)).toEqual(['gone', 'new', 'same']);
  });
});
