// Objects as the server gives them, for tests.

import type { Dataset, Tokenization } from '../../api/types';

export function dataset(part: Partial<Dataset> = {}): Dataset {
  return {
    id: 'ds_1',
    name: 'stories',
    tags: [],
    notes: '',
    created: 1,
    made_from: [],
    source: {
      kind: 'file',
      name: 'stories.txt',
      path: '/data/stories.txt',
      sample_by: 'line',
      text_field: 'text',
      hub: null
    },
    facts: {
      samples: 40_000,
      characters: 14_000_000,
      bytes: 14_700_000,
      splits: { train: 40_000 },
      bad_rows: 0,
      bad_examples: [],
      repaired_rows: 0,
      fingerprint: 'f'
    },
    state: 'ready',
    reason: null,
    job: null,
    tokenizations: 0,
    ...part
  };
}

export function tokenization(part: Partial<Tokenization> = {}): Tokenization {
  return {
    id: 'tk_1',
    name: 'tok · 64 · packed',
    tags: [],
    notes: '',
    created: 2,
    made_from: ['ds_1'],
    parent: 'ds_1',
    tokenizer: { path: '/data/tok', name: 'tok', fingerprint: 't' },
    max_length: 64,
    special_tokens: true,
    eval_share: 0.05,
    fingerprint: 'g',
    facts: {
      blocks: 10,
      tokens: 640,
      held_out_blocks: 1,
      samples: 9,
      held_out_samples: 1,
      dropped_tokens: 3,
      bytes: 2560
    },
    state: 'ready',
    reason: null,
    job: null,
    ...part
  };
}
