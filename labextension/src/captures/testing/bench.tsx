// The captures of a fake server on a desk, as the plugin lays it out.

import { act } from '@testing-library/react';
import type {
  Capture,
  CaptureEstimate,
  Dataset,
  Model,
  Tokenization
} from '../../api/types';
import { dataset, tokenization } from '../../datasets/testing/objects';
import { capture, hookPoints, model } from '../../models/testing/objects';
import { StudioBench } from '../../testing/bench';
import { FakeSocket } from '../../testing/server';
import { addCommands } from '../commands';
import { CapturesDesk } from '../desk';
// Loaded before the first test, which has not the time for it.
import '../document/documentWidget';
import { CaptureDocuments } from '../document/documents';
import '../making/newCaptureWidget';
import { NewCaptures } from '../making/newCaptures';
import { pointedBy } from '../pointed';

export const EVIL = '<script>alert(1)</script>';

export function estimate(part: Partial<CaptureEstimate> = {}): CaptureEstimate {
  return {
    hooks: ['layers.2.resid_post'],
    length: 64,
    precision: 'float32',
    tokens: 630,
    disk: 176_000,
    disk_free: 81_000_000_000,
    memory: 9_000_000,
    memory_free: 4_000_000_000,
    device: 'cpu',
    seconds: 12,
    same: null,
    problem: null,
    field: null,
    ...part
  };
}

export class Bench extends StudioBench {
  constructor(options: { handoff?: null } = {}) {
    super(options);
    const { server, commands } = this;
    // jsdom does not scroll.
    Element.prototype.scrollIntoView = () => undefined;
    server.on('GET /captures', () => ({ captures: this.captures }));
    server.on('GET /models', () => ({ models: this.models }));
    server.on('GET /datasets', () => ({ datasets: this.datasets }));
    server.on('GET /tokenizations', () => ({
      tokenizations: this.tokenizations
    }));
    server.on('GET /models/md_1/hook-points', () => hookPoints());
    server.on('POST /captures/estimate', () => this.estimate);
    server.on('GET /openapi.json', { components: { schemas: SCHEMAS } });
    server.on('GET /system', {
      workspace: '/data/studio',
      default_workspace: false
    });
    this.desk = new CapturesDesk({
      ...this.deskOptions,
      choose: () => Promise.resolve('/data/chosen')
    });
    this.documents = new CaptureDocuments(this.app, this.desk);
    this.making = new NewCaptures(this.app, this.desk);
    addCommands(commands, this.desk, {
      documents: this.documents,
      making: this.making,
      pointed: pointedBy(this.deskOptions.handoff)
    });
  }

  readonly desk: CapturesDesk;
  readonly documents: CaptureDocuments;
  readonly making: NewCaptures;
  estimate = estimate();
  models: Model[] = [model()];
  datasets: Dataset[] = [dataset()];
  tokenizations: Tokenization[] = [
    tokenization(),
    tokenization({
      id: 'tk_2',
      name: EVIL,
      tokenizer: { ...tokenization().tokenizer, fingerprint: 'other' },
      facts: { ...tokenization().facts!, largest_id: 50_000 }
    })
  ];
  captures: Capture[] = [capture()];

  async load(): Promise<void> {
    FakeSocket.last.say([], 0);
    await act(async () => {
      await this.desk.model.refresh();
      await this.desk.sources.refresh();
    });
    this.server.asked.length = 0;
  }

  override dispose(): void {
    super.dispose();
    this.desk.model.dispose();
    this.desk.sources.dispose();
  }
}

const integer = (title: string, other: object = {}) => ({
  anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }],
  default: null,
  title,
  ...other
});

const SCHEMAS = {
  MakeCapture: {
    type: 'object',
    properties: {
      batch_size: integer('Batch size', { default: 8 }),
      max_tokens: integer('At most'),
      max_samples: integer('Samples'),
      seed: { type: 'integer', title: 'Seed', default: 0 },
      role: {
        anyOf: [
          { type: 'string', enum: ['user', 'assistant'] },
          { type: 'null' }
        ],
        default: null,
        title: 'Role'
      },
      name: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        title: 'Name'
      }
    }
  },
  AppendTokens: {
    type: 'object',
    properties: { max_tokens: integer('More tokens') }
  },
  ExportCapture: {
    type: 'object',
    properties: {
      folder: { type: 'string', title: 'Folder' },
      format: {
        type: 'string',
        enum: ['npy', 'safetensors'],
        default: 'safetensors',
        title: 'Format'
      }
    },
    required: ['folder']
  }
};

export { capture };
