// Objects as the server gives them, for tests.

import type { Capture, HookPoints, Model, ModelFacts } from '../../api/types';

export function modelFacts(part: Partial<ModelFacts> = {}): ModelFacts {
  return {
    family: 'llama',
    architecture: 'LlamaForCausalLM',
    layers: 4,
    hidden_size: 128,
    heads: 4,
    key_value_heads: 2,
    vocabulary: 1_024,
    context: 256,
    parameters: 1_043_712,
    layer_parameters: 180_480,
    mlp_ratio: 3,
    experts: null,
    tied_embeddings: true,
    weights: {
      parameters: 1_043_712,
      quantizable: 720_896,
      matrices: 28,
      rows: 5_000,
      buffers: 64
    },
    stored_as: 'float16',
    bytes: 2_300_000,
    files: 6,
    chat_template: false,
    tokenizer: 't',
    license: 'mit',
    remote_code: null,
    fingerprint: 'f',
    config: { model_type: 'llama', note: '<b>bold</b>' },
    ...part
  };
}

export function model(part: Partial<Model> = {}): Model {
  return {
    id: 'md_1',
    name: 'demo-llama',
    tags: [],
    notes: '',
    created: 1,
    made_from: [],
    source: {
      kind: 'folder',
      name: 'demo-llama',
      path: '/models/demo-llama',
      revision: null,
      endpoint: null,
      commit: null
    },
    precision: 'float32',
    facts: modelFacts(),
    state: 'ready',
    reason: null,
    job: null,
    linked: true,
    ...part
  };
}

export function capture(part: Partial<Capture> = {}): Capture {
  return {
    id: 'cp_1',
    name: 'stories in the middle',
    tags: [],
    notes: '',
    created: 2,
    made_from: ['md_1', 'tk_1'],
    model: 'md_1',
    tokenization: 'tk_1',
    dataset: 'ds_1',
    hooks: ['layers.2.resid_post'],
    batch_size: 8,
    max_tokens: null,
    max_samples: null,
    seed: 0,
    dtype: 'float16',
    precision: 'float32',
    fall_back: false,
    drop_first: 1,
    drop_special: true,
    role: null,
    fingerprint: 'c',
    facts: {
      tokens: 530_000,
      held_out_tokens: 20_000,
      counted_tokens: 530_000,
      samples: 4_000,
      hooks: [],
      bytes: 135_700_000,
      shards: 3,
      seconds: 62,
      batch_size: 8,
      precision: 'float32',
      quantized_share: null,
      device: 'cpu'
    },
    state: 'ready',
    reason: null,
    job: null,
    ...part
  } as Capture;
}

/** As of a model of so many layers whose heads cannot be read. */
export function hookPoints(layers = 4): HookPoints {
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const kinds = [
    'resid_pre',
    'attn_out',
    'resid_mid',
    'mlp_in',
    'mlp_out',
    'resid_post'
  ] as const;
  return {
    layers,
    points: kinds.map(kind => ({
      kind,
      title: `Title of ${kind}`,
      help: `What ${kind} is.`,
      layers: all,
      width: 128
    })),
    missing: [{ kind: 'attn_z', why: 'The heads are mixed.', layers: all }]
  };
}
