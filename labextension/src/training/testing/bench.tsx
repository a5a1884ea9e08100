// The trainings of a fake server on a desk, as the plugin lays it out.

import { act } from '@testing-library/react';
import type {
  Architecture,
  Capture,
  Checkpoint,
  Model,
  Sae,
  Training
} from '../../api/types';
import { capture, model } from '../../models/testing/objects';
import { StudioBench } from '../../testing/bench';
import { FakeSocket } from '../../testing/server';
import { addCommands } from '../commands';
import { TrainingDesk } from '../desk';
import { SaeDocuments, TrainingDocuments } from '../document/documents';
// Loaded before the first test, which has not the time for it.
import '../document/documentWidget';
import type { TrainingWidget } from '../document/documentWidget';
import '../document/saeWidget';
import { NewTrainings } from '../making/newTrainings';
import '../dialogs';
import '../making/newTrainingWidget';
import { checkpoint, estimate, training } from './objects';

export class Bench extends StudioBench {
  constructor(options: { handoff?: null } = {}) {
    super(options);
    const { server, commands } = this;
    server.on('GET /trainings', () => ({
      trainings: this.trainings,
      counts: {}
    }));
    server.on('GET /trainings/tr_1', () => this.trainings[0]);
    server.on('GET /saes', () => ({ saes: this.saes }));
    server.on('GET /models', () => ({ models: this.models }));
    server.on('GET /captures', () => ({ captures: this.captures }));
    server.on('POST /trainings/estimate', () => this.estimate);
    server.on('GET /trainings/tr_1/checkpoints', () => ({
      checkpoints: this.checkpoints
    }));
    server.on('GET /architectures', () => ({
      architectures: this.architectures
    }));
    server.on('GET /openapi.json', { components: { schemas: SCHEMAS } });
    server.on('GET /system', {
      workspace: '/data/studio',
      default_workspace: false
    });
    this.desk = new TrainingDesk({
      ...this.deskOptions,
      jobs: null,
      choose: () => Promise.resolve('/data/chosen')
    });
    this.documents = new TrainingDocuments(this.app, this.desk);
    this.making = new NewTrainings(this.app, this.desk);
    addCommands(commands, this.desk, {
      documents: this.documents,
      saes: new SaeDocuments(this.app, this.desk),
      making: this.making,
      handoff: this.deskOptions.handoff,
      show: () => this.shown.push('panel')
    });
  }

  readonly desk: TrainingDesk;
  readonly documents: TrainingDocuments;
  readonly making: NewTrainings;
  estimate = estimate();
  trainings: Training[] = [training()];
  saes: Sae[] = [];
  models: Model[] = [model()];
  captures: Capture[] = [capture()];
  architectures: Architecture[] = [
    'topk',
    'matryoshka',
    'standard',
    'jumprelu'
  ].map(name => ({ name, package: null, help: '' }));
  checkpoints: Checkpoint[] = [checkpoint()];

  async load(): Promise<void> {
    FakeSocket.last.say([], 0);
    await act(async () => {
      await this.desk.model.refresh();
      await this.desk.sources.refresh();
    });
    this.server.asked.length = 0;
  }

  async open(tab?: string): Promise<TrainingWidget> {
    await this.load();
    let widget!: TrainingWidget;
    await act(async () => {
      widget = await this.documents.open('tr_1', tab);
    });
    await this.settle();
    return widget;
  }

  override dispose(): void {
    super.dispose();
    this.desk.model.dispose();
    this.desk.sources.dispose();
  }
}

const orNull = (type: object, title: string, group: string, more = {}) => ({
  anyOf: [type, { type: 'null' }],
  default: null,
  title,
  group,
  ...more
});
const whole = { type: 'integer', minimum: 1, maximum: 65536 };
const PENALIZED = 'architecture=standard|gated|jumprelu';

/** A part of the real one, in its form. */
const SCHEMAS = {
  Train: {
    type: 'object',
    required: ['sources'],
    properties: {
      architecture: {
        type: 'string',
        default: 'topk',
        title: 'Architecture',
        group: 'Architecture',
        known: [
          'topk',
          'batchtopk',
          'matryoshka',
          'standard',
          'jumprelu',
          'gated'
        ]
      },
      target: {
        type: 'string',
        enum: ['autoencode', 'transcode', 'skip_transcode'],
        default: 'autoencode',
        title: 'Target',
        group: 'Architecture'
      },
      expansion: {
        type: 'number',
        default: 8,
        title: 'Expansion',
        group: 'Architecture'
      },
      width: orNull({ ...whole, minimum: 2 }, 'Width', 'Architecture'),
      k: {
        ...whole,
        default: 32,
        title: 'k',
        group: 'Architecture',
        onlyWhen: 'architecture=topk|batchtopk|matryoshka'
      },
      prefixes: {
        type: 'array',
        items: { type: 'number' },
        title: 'Prefixes',
        group: 'Architecture',
        onlyWhen: 'architecture=matryoshka'
      },
      l1_coefficient: {
        type: 'number',
        minimum: 1e-5,
        maximum: 0.1,
        default: 0.001,
        title: 'L1 coefficient',
        group: 'Sparsity',
        onlyWhen: 'architecture=standard|gated'
      },
      target_l0: orNull(
        { type: 'number', minimum: 1 },
        'Target L0',
        'Sparsity',
        {
          onlyWhen: PENALIZED
        }
      ),
      saes: { type: 'array', items: { type: 'object' }, title: 'SAEs' },
      steps: orNull(whole, 'Steps', 'Length'),
      batch_size: {
        ...whole,
        default: 4096,
        title: 'Batch size',
        group: 'Length'
      },
      clip: orNull({ type: 'number' }, 'Clip', 'Optimizer', { default: 1 }),
      metrics_every: {
        ...whole,
        default: 10,
        title: 'Metrics every',
        group: 'Keeping'
      },
      checkpoint_every: {
        ...whole,
        default: 1000,
        title: 'Checkpoint every',
        group: 'Keeping'
      },
      sources: { type: 'array', items: { type: 'object' }, title: 'Captures' },
      mixing: {
        type: 'string',
        enum: ['uniform', 'weights', 'sequence', 'curriculum'],
        default: 'uniform',
        title: 'Mixing'
      },
      start_from: orNull({ type: 'string' }, 'Start from', ''),
      name: orNull({ type: 'string' }, 'Name', '')
    }
  },
  ExtendTraining: {
    type: 'object',
    properties: {
      steps: orNull(whole, 'More steps', ''),
      tokens: orNull(whole, 'More tokens', '')
    }
  },
  KeepCheckpoints: {
    type: 'object',
    properties: { keep_every: orNull(whole, 'Keep every', '') }
  },
  StreamSource: {
    type: 'object',
    properties: {
      hooks: { type: 'array', items: { type: 'string' }, title: 'Hook points' },
      max_tokens: orNull(whole, 'At most', ''),
      drop_first: { ...whole, default: 1, title: 'Leave out first' },
      batch_size: orNull(whole, 'Batch size', '', { default: 8 }),
      model: { type: 'string', title: 'Model' },
      tokenization: { type: 'string', title: 'Tokenization' }
    }
  },
  ImportSae: {
    type: 'object',
    properties: {
      path: orNull({ type: 'string' }, 'Folder', ''),
      hook: orNull({ type: 'string' }, 'Hook point', ''),
      name: orNull({ type: 'string' }, 'Name', '')
    }
  },
  ExportSae: {
    type: 'object',
    required: ['folder'],
    properties: {
      folder: { type: 'string', title: 'Folder' },
      format: {
        type: 'string',
        enum: ['saelens'],
        default: 'saelens',
        title: 'Format'
      }
    }
  }
};
