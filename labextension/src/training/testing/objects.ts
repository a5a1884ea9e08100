// Trainings and SAEs as the server gives them, for tests.

import type {
  Checkpoint,
  Sae,
  TrainEstimate,
  Training,
  TrainingFacts
} from '../../api/types';
import { job } from '../../testing/server';

type VariantFacts = TrainingFacts['saes'][number];

export function variantFacts(part: Partial<VariantFacts> = {}): VariantFacts {
  return {
    number: 0,
    title: 'layers.2.resid_post · width 1,024 · k 8',
    hook: 'layers.2.resid_post',
    out_hook: 'layers.2.resid_post',
    width: 1024,
    k: 8,
    learning_rate: 0.001,
    evaluation: null,
    best_step: null,
    ...part
  };
}

export function evaluation(
  part: Partial<NonNullable<VariantFacts['evaluation']>> = {}
): NonNullable<VariantFacts['evaluation']> {
  return {
    step: 1200,
    tokens: 65536,
    fvu: 0.1123,
    l0: 8,
    dead: 0.004,
    loss_recovered: 0.982,
    ...part
  } as NonNullable<VariantFacts['evaluation']>;
}

export function trainingFacts(
  part: Partial<TrainingFacts> = {}
): TrainingFacts {
  return {
    step: 1200,
    steps: 1200,
    tokens: 4_915_200,
    seconds: 74,
    stopped_at_step: null,
    stop_reason: null,
    micro_batch: 4096,
    threads: 2,
    device: 'cpu',
    parameters: 263_296,
    mix: { cp_1: 4_915_200 },
    saes: [variantFacts({ evaluation: evaluation(), best_step: 1000 })],
    ...part
  };
}

export function training(part: Partial<Training> = {}): Training {
  return {
    id: 'tr_1',
    name: 'topk in the middle',
    tags: [],
    notes: '',
    created: 3,
    made_from: ['cp_1'],
    sources: [{ capture: 'cp_1', weight: 1, weight_at_end: null }],
    mixing: 'uniform',
    start_from: null,
    model: 'md_1',
    hooks: ['layers.2.resid_post'],
    facts: trainingFacts(),
    state: 'ready',
    reason: null,
    job: job({
      id: 'jb_1',
      object: 'tr_1',
      kind: 'training.train',
      state: 'succeeded',
      controls: { stop: 'The job has ended.' }
    }),
    architecture: 'topk',
    target: 'autoencode',
    expansion: 8,
    width: 1024,
    k: 8,
    prefixes: [0.5, 1],
    target_l0: null,
    saes: [],
    steps: 1200,
    tokens: null,
    batch_size: 4096,
    clip: 1,
    metrics_every: 10,
    checkpoint_every: 1000,
    ...part
  } as Training;
}

/** In the middle of it, with what its job tells. */
export function running(part: Partial<Training> = {}): Training {
  return training({
    state: 'working',
    facts: trainingFacts({
      step: 744,
      saes: [variantFacts()]
    }),
    job: job({
      id: 'jb_1',
      object: 'tr_1',
      kind: 'training.train',
      memory: 1_200_000_000,
      progress: {
        done: 744,
        total: 1200,
        unit: 'steps',
        stage: 'Training, full sparsity',
        rate: 7.6,
        seconds_left: 58,
        figures: {
          loss: 0.2,
          fvu: 0.112,
          l0: 8,
          dead: 0.004,
          tokens_per_second: 31_000
        }
      },
      controls: { pause: null, stop: null, cancel: null }
    }),
    ...part
  });
}

export function sae(part: Partial<Sae> = {}): Sae {
  return {
    id: 'sa_1',
    name: 'topk, step 1,000',
    tags: [],
    notes: '',
    created: 4,
    made_from: ['tr_1'],
    origin: 'training',
    training: 'tr_1',
    step: 1000,
    variant: 0,
    model: 'md_1',
    model_name: 'demo-llama',
    precision: 'float32',
    hook: 'layers.2.resid_post',
    out_hook: 'layers.2.resid_post',
    format: 'mistudio',
    facts: {
      architecture: 'topk',
      target: 'autoencode',
      d_in: 128,
      d_out: 128,
      width: 1024,
      k: 8,
      normalization: 'expected_norm',
      bytes: 1_054_000,
      fvu: 0.1123,
      l0: 8,
      checked_rows: 64
    },
    state: 'ready',
    reason: null,
    job: null,
    ...part
  };
}

export function estimate(part: Partial<TrainEstimate> = {}): TrainEstimate {
  return {
    steps: 10_000,
    tokens: 40_960_000,
    rounds: 77.3,
    saes: ['layers.2.resid_post · width 1,024 · k 32, learning rate 0.001'],
    memory: 9_000_000,
    memory_free: 4_000_000_000,
    disk: 30_000_000,
    disk_free: 81_000_000_000,
    seconds: 320,
    device: 'cpu',
    findings: [],
    problem: null,
    field: null,
    ...part
  };
}

export function checkpoint(part: Partial<Checkpoint> = {}): Checkpoint {
  return {
    step: 1200,
    tokens: 4_915_200,
    created: 5,
    bytes: 4_200_000,
    kept_for: ['last'],
    fvu: [0.1123],
    best_of: [],
    ...part
  };
}
