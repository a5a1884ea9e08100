import { Notification } from '@jupyterlab/apputils';
import type { AddDataset, Dataset, Tokenization } from '../api/types';
import { CommandIDs as JobCommandIDs } from '../jobs/commandIds';
import type { IStudioObject } from '../kernel/tokens';
import { ObjectActions } from '../ui/objects/actions';
import { addIfPlain } from './adding/arriving';
import type { Uploads } from './adding/uploads';
import { CommandIDs } from './commandIds';
import type { DatasetObject, DatasetsModel } from './model';
import { asStudioObject } from './words';

/** What can be done with datasets, for panel, documents and commands alike. */
export class DatasetActions extends ObjectActions<Dataset, Tokenization> {
  constructor(private readonly own: DatasetActions.IOptions) {
    super(own);
  }

  openId(id: string): void {
    void this.own.commands.execute(CommandIDs.open, { id });
  }

  tokenize(dataset: string): void {
    void this.own.commands.execute(CommandIDs.tokenize, { id: dataset });
  }

  addFiles(files: readonly File[]): void {
    this.own.uploads.add(files);
  }

  /** Folders of the reader's computer cannot be sent. */
  explainFolders(): void {
    const { trans } = this.own.studio;
    Notification.info(
      trans.__(
        'A folder cannot be uploaded. Put it on the server, and add it by its path there; or drop its files.'
      ),
      {
        autoClose: 10_000,
        actions: [
          {
            label: trans.__('Add by path…'),
            callback: () => void this.own.commands.execute(CommandIDs.addPath)
          }
        ]
      }
    );
  }

  /** Add files and folders that are on the server already; where it is not plain how to read one, ask. */
  async addPaths(paths: readonly string[]): Promise<void> {
    const { commands, studio } = this.own;
    for (const path of paths) {
      await this.attempt(async () => {
        if (await addIfPlain(studio.client, { path })) {
          await commands.execute(CommandIDs.addPath, { path });
        }
      });
    }
  }

  /** Make the demo, and show the jobs that do it; those that follow one another begin by themselves. */
  async loadDemo(): Promise<void> {
    const { commands, model } = this.own;
    if (await this.attempt(() => model.loadDemo())) {
      if (commands.hasCommand(JobCommandIDs.show)) {
        await commands.execute(JobCommandIDs.show);
      }
    }
  }

  async add(params: Partial<AddDataset>): Promise<void> {
    await this.own.model.add(params);
  }

  protected asStudioObject(object: DatasetObject): IStudioObject {
    return asStudioObject(object, this.own.studio.trans);
  }
}

export namespace DatasetActions {
  export interface IOptions extends ObjectActions.IOptions<
    Dataset,
    Tokenization
  > {
    model: DatasetsModel;
    uploads: Uploads;
  }
}
