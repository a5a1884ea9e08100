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
      reading: {
        sample_by: 'line',
        rows: 'auto',
        columns: null,
        separator: '\n\n',
        split_column: null
      },
      hub: null,
      derived: null
    },
    facts: {
      samples: 40_000,
      characters: 14_000_000,
      bytes: 14_700_000,
      splits: { train: 40_000 },
      bad_rows: 0,
      bad_examples: [],
      repaired_rows: 0,
      fingerprint: 'f',
      rows: 'text',
      columns: [],
      conversations: 0,
      files: 1,
      rules: []
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
    tokenizer: {
      path: '/data/tok',
      name: 'tok',
      fingerprint: 't',
      revision: null,
      commit: null
    },
    max_length: 64,
    layout: 'packed',
    special_tokens: true,
    padding: 'none',
    truncation: 'longest_first',
    stride: null,
    second: null,
    attention_mask: true,
    chat_template: null,
    eval_share: 0.05,
    statistics: null,
    fingerprint: 'g',
    facts: {
      blocks: 10,
      tokens: 640,
      held_out_blocks: 1,
      samples: 9,
      held_out_samples: 1,
      dropped_tokens: 3,
      bytes: 2560,
      padding_tokens: 0,
      truncated_samples: 0,
      bad_samples: 0,
      longest: 64,
      pad_id: null,
      largest_id: 300,
      vocabulary: 384
    },
    state: 'ready',
    reason: null,
    job: null,
    ...part
  };
}
