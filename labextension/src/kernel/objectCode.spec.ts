import { ObjectCode } from './objectCode';
import { NASTY } from './testing/names';

function codeFor(path: string | null = null): ObjectCode {
  const code = new ObjectCode(() => path);
  code.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
  code.register({
    kind: 'tokenization',
    noun: 'tokenization',
    getter: 'tokenization'
  });
  return code;
}

const stories = {
  kind: 'dataset',
  id: 'ds_7f3k9q2a',
  name: 'stories',
  detail: '40,000 samples'
};
const blocks = {
  kind: 'tokenization',
  id: 'tk_1',
  name: 'stories',
  detail: '1,024 tokens'
};

describe('the code of an object', () => {
  it('runs as it is and says what it fetches', () => {
    expect(codeFor().lines([stories])).toBe(
      'import mistudio_ext as ms\n\n' +
        'stories = ms.dataset("ds_7f3k9q2a")  # stories: 40,000 samples'
    );
  });

  it('may be of a part of it', () => {
    const part = { method: 'sae', numbers: { step: 1000, sae: 1 } };
    expect(codeFor().expression([{ ...stories, part }])).toBe(
      'ms.dataset("ds_7f3k9q2a").sae(step=1000, sae=1)'
    );
  });

  it('names a workspace that the kernel would not find', () => {
    const code = codeFor('/data/our "lab"\n');
    expect(code.lines([stories])).toBe(
      'import mistudio_ext as ms\n\n' +
        'ws = ms.open("/data/our \\"lab\\"\\u000a")\n' +
        'stories = ws.dataset("ds_7f3k9q2a")  # stories: 40,000 samples'
    );
    expect(code.expression([stories])).toBe(
      'ms.open("/data/our \\"lab\\"\\u000a").dataset("ds_7f3k9q2a")'
    );
  });

  it('gives each of several a variable of its own', () => {
    expect(codeFor().lines([stories, blocks]).split('\n').slice(2)).toEqual([
      'stories = ms.dataset("ds_7f3k9q2a")  # stories: 40,000 samples',
      'stories_2 = ms.tokenization("tk_1")  # stories: 1,024 tokens'
    ]);
    expect(codeFor().expression([stories, blocks])).toBe(
      'ms.dataset("ds_7f3k9q2a"), ms.tokenization("tk_1")'
    );
  });

  it.each(NASTY)('stays three lines for an object called %j', name => {
    const hostile = { ...stories, name, id: `ds_${name}`, detail: name };
    const lines = codeFor()
      .lines([hostile])
      .split(/[\n\r\u2028\u2029\u0085\v\f]/);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(
      /^[a-z][a-z0-9_]* = ms\.dataset\("(?:[^"\\]|\\.)*"\) {2}# [^\p{C}]*$/u
    );
    expect(codeFor().expression([hostile])).not.toMatch(/[\n\r]/);
    expect(codeFor().ids([hostile])).toMatch(/^[\w./@-]*$/);
  });

  it('is a sentence in Markdown for one, a table for several', () => {
    expect(codeFor().markdown([stories])).toBe(
      '**stories** (dataset `ds_7f3k9q2a`: 40,000 samples)'
    );
    expect(codeFor().markdown([stories, blocks]).split('\n')).toHaveLength(5);
  });

  it('is not made for a kind that nobody registered', () => {
    const code = new ObjectCode(() => null);
    const form = code.register({
      kind: 'dataset',
      noun: 'dataset',
      getter: 'dataset'
    });
    expect(() =>
      code.register({ kind: 'dataset', noun: 'x', getter: 'x' })
    ).toThrow('already');
    form.dispose();
    expect(() => code.lines([stories])).toThrow('No form');
  });
});
