import {
  chosenOf,
  countOf,
  hooksOf,
  layersIn,
  layersInWords,
  numbers,
  shareOf,
  withBoxes,
  withLayers,
  type IKind
} from './chosen';

const LAYERS = 12;
const POST: IKind = { kind: 'resid_post', layers: numbers(0, 11) };
// As where attention is in every third layer alone.
const ATTN: IKind = { kind: 'attn_out', layers: [2, 5, 8, 11] };
const KINDS = [ATTN, POST];

const there = (hooks: string[]) => chosenOf(hooks, KINDS, LAYERS);
const back = (hooks: string[]) => hooksOf(there(hooks), KINDS, LAYERS);

describe('hook points as boxes', () => {
  it.each([
    ['layers.3.resid_post', [3]],
    ['layers.2-5.resid_post', [2, 3, 4, 5]],
    ['layers.all.resid_post', numbers(0, 11)],
    ['layers.middle.resid_post', [6]],
    ['layers.10-99.resid_post', [10, 11]],
    ['layers.5-2.resid_post', []],
    ['layers.-1.resid_post', []],
    ['layer.3.resid_post', []]
  ])('%s', (hook, layers) => {
    expect([...(there([hook]).get('resid_post') ?? [])]).toEqual(layers);
  });

  it('leave out what the model lacks', () => {
    const chosen = there(['layers.all.attn_out', 'layers.all.mlp_out']);
    expect([...chosen.keys()]).toEqual(['attn_out']);
    expect([...chosen.get('attn_out')!]).toEqual([2, 5, 8, 11]);
  });

  it('come back as few as say it', () => {
    expect(back(['layers.2.resid_post', 'layers.3-5.resid_post'])).toEqual([
      'layers.2-5.resid_post'
    ]);
    expect(back(['layers.9.resid_post', 'layers.1.resid_post'])).toEqual([
      'layers.1.resid_post',
      'layers.9.resid_post'
    ]);
    expect(back(['layers.0-11.resid_post'])).toEqual(['layers.all.resid_post']);
    // “all” would be more than the layers that have it.
    expect(back(['layers.all.attn_out'])).toEqual([
      'layers.2.attn_out',
      'layers.5.attn_out',
      'layers.8.attn_out',
      'layers.11.attn_out'
    ]);
    expect(back([])).toEqual([]);
  });

  it('mean the same there and back, whatever is ticked', () => {
    // Every subset of the first eight layers.
    for (let bits = 0; bits < 256; bits++) {
      const layers = numbers(0, 7).filter(layer => bits & (1 << layer));
      const chosen = withLayers(new Map(), POST, layers);
      const hooks = hooksOf(chosen, KINDS, LAYERS);
      const again = there(hooks).get('resid_post') ?? new Set();
      expect([...again].sort((a, b) => a - b)).toEqual(layers);
      const words = layersInWords(chosen, POST);
      expect(layersIn(words, LAYERS)).toEqual(layers);
    }
  });
});

describe('ticking', () => {
  it('takes a stretch, and nothing that is not there', () => {
    const chosen = withBoxes(new Map(), KINDS, [2, 3], true);
    expect(hooksOf(chosen, KINDS, LAYERS)).toEqual([
      'layers.2.attn_out',
      'layers.2-3.resid_post'
    ]);
    expect(countOf(chosen)).toBe(3);
    const less = withBoxes(chosen, [POST], [3], false);
    expect(hooksOf(less, KINDS, LAYERS)).toEqual([
      'layers.2.attn_out',
      'layers.2.resid_post'
    ]);
  });

  it('knows how much is ticked, without counting what cannot be', () => {
    const chosen = there(['layers.2-3.resid_post', 'layers.2.attn_out']);
    expect(shareOf(chosen, KINDS, [2])).toBe('all');
    expect(shareOf(chosen, KINDS, [3])).toBe('all');
    expect(shareOf(chosen, KINDS, [2, 3, 4])).toBe('some');
    expect(shareOf(chosen, KINDS, [7])).toBe('none');
    expect(shareOf(chosen, [], [2])).toBe('none');
  });
});

describe('layers as they are typed', () => {
  it.each([
    ['all', numbers(0, 11)],
    [' ALL ', numbers(0, 11)],
    ['', []],
    ['none', []],
    ['3', [3]],
    ['2 - 4, 7', [2, 3, 4, 7]],
    ['2–4,3', [2, 3, 4]],
    ['12', null],
    ['4-2', null],
    ['2,', null],
    ['two', null],
    ['-1', null]
  ])('“%s”', (text, layers) => {
    expect(layersIn(text, LAYERS)).toEqual(layers);
  });

  it('are told in as few words', () => {
    const words = (hooks: string[], kind = POST) =>
      layersInWords(there(hooks), kind);
    expect(words(['layers.2-5.resid_post', 'layers.8.resid_post'])).toBe(
      '2-5, 8'
    );
    expect(words(['layers.all.attn_out'], ATTN)).toBe('all');
    expect(words([])).toBe('');
  });
});
