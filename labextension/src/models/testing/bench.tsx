// The models of a fake server on a desk, as the plugin lays it out.

import { act } from '@testing-library/react';
import type { Capture, Model } from '../../api/types';
import { StudioBench } from '../../testing/bench';
import { FakeSocket } from '../../testing/server';
import { NONE } from '../../ui/objects/commandArgs';
import { NEW_CAPTURE, OPEN_CAPTURE } from '../commandIds';
import { addCommands } from '../commands';
import { ModelsDesk } from '../desk';
import { ModelDocuments } from '../document/documents';
// Loaded before the first test, which has not the time for it.
import '../document/documentWidget';
import type { ModelWidget } from '../document/documentWidget';
import { capture, hookPoints, model, modelFacts } from './objects';

export class Bench extends StudioBench {
  constructor(options: { handoff?: null; captures?: boolean } = {}) {
    super(options);
    const { server, commands } = this;
    server.on('GET /models', () => ({ models: this.models }));
    server.on('GET /captures', () => ({ captures: this.captures }));
    server.on('GET /models/md_1/hook-points', () => hookPoints());
    if (options.captures ?? true) {
      for (const id of [OPEN_CAPTURE, NEW_CAPTURE]) {
        commands.addCommand(id, {
          describedBy: NONE,
          execute: args => {
            this.asked.push([id, args]);
          }
        });
      }
    }
    this.desk = new ModelsDesk(this.deskOptions);
    this.documents = new ModelDocuments(this.app, this.desk);
    addCommands(commands, this.desk, {
      documents: this.documents,
      show: () => this.shown.push('panel'),
      choose: () => Promise.resolve('/models/chosen')
    });
  }

  readonly desk: ModelsDesk;
  readonly documents: ModelDocuments;
  /** What the captures' plugin was asked for. */
  readonly asked: [command: string, args: unknown][] = [];
  models: Model[] = [
    model({
      id: 'md_2',
      name: 'pythia',
      precision: 'nf4',
      facts: modelFacts({ parameters: 162_322_944, layers: 12 })
    }),
    model()
  ];
  captures: Capture[] = [capture()];

  async load(): Promise<void> {
    FakeSocket.last.say([], 0);
    await act(() => this.desk.model.refresh());
    this.server.asked.length = 0;
  }

  async open(id = 'md_1', tab?: string): Promise<ModelWidget> {
    await this.load();
    let widget!: ModelWidget;
    await act(async () => {
      widget = await this.documents.open(id, tab);
    });
    await this.settle();
    return widget;
  }

  override dispose(): void {
    super.dispose();
    this.desk.model.dispose();
  }
}
