// The datasets of a fake server on a desk, as the plugin lays it out.

import { act } from '@testing-library/react';
import type { Dataset, Tokenization } from '../../api/types';
import { StudioBench } from '../../testing/bench';
import { FakeSocket } from '../../testing/server';
import { AddDocuments } from '../adding/addDocuments';
import { addCommands } from '../commands';
import { DatasetsDesk } from '../desk';
import { DatasetDocuments } from '../document/documents';
import { look } from './look';
import { dataset, tokenization } from './objects';

export class Bench extends StudioBench {
  constructor(options: { files?: string[]; handoff?: null } = {}) {
    super(options);
    const { server } = this;
    server.on('GET /datasets', () => ({ datasets: this.datasets }));
    server.on('GET /tokenizations', () => ({
      tokenizations: this.tokenizations
    }));
    server.on('POST /datasets/look', () => look());
    this.desk = new DatasetsDesk(this.deskOptions);
    this.documents = new DatasetDocuments(this.app, this.desk);
    const choose = () => Promise.resolve('/data/chosen.txt');
    addCommands(this.commands, this.desk, {
      documents: this.documents,
      adding: new AddDocuments(this.app, this.desk, choose),
      show: () => this.shown.push('panel'),
      files: options.files && {
        selected: () => options.files ?? [],
        choose
      }
    });
  }

  readonly desk: DatasetsDesk;
  readonly documents: DatasetDocuments;
  datasets: Dataset[] = [
    dataset({ id: 'ds_2', name: 'notes' }),
    dataset({ tokenizations: 1 })
  ];
  tokenizations: Tokenization[] = [tokenization()];

  async load(): Promise<void> {
    // The first document must not come after the test that opened it.
    await import('../document/documentWidget');
    FakeSocket.last.say([], 0);
    await act(() => this.desk.model.refresh());
    this.server.asked.length = 0;
  }

  override dispose(): void {
    super.dispose();
    act(() => {
      this.desk.uploads.dispose();
      this.desk.model.dispose();
    });
  }
}
