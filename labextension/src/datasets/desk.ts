import type { Dataset, Tokenization } from '../api/types';
import { ObjectsDesk } from '../ui/objects/desk';
import { ListState } from '../ui/objects/listState';
import { DatasetActions } from './actions';
import { Uploads } from './adding/uploads';
import { CommandIDs } from './commandIds';
import { DatasetsModel } from './model';

/** Everything about datasets that panel, documents and commands share. */
export class DatasetsDesk extends ObjectsDesk<Dataset, Tokenization> {
  constructor(options: ObjectsDesk.IOptions) {
    super(options);
    const { client, events, memory } = options.studio;
    this.model = new DatasetsModel({ client, events });
    this.uploads = new Uploads(client);
    this.state = new ListState(this.model, memory, 'datasets:list');
    this.actions = new DatasetActions({
      ...options,
      model: this.model,
      uploads: this.uploads,
      state: this.state
    });
    this.begin();
  }

  readonly model: DatasetsModel;
  readonly uploads: Uploads;
  readonly state: ListState<Dataset, Tokenization>;
  readonly actions: DatasetActions;

  chooseUpload(): void {
    void this.options.commands.execute(CommandIDs.upload);
  }

  loadDemo(): void {
    void this.options.commands.execute(CommandIDs.loadDemo);
  }

  protected readonly addMenu = [
    CommandIDs.addHub,
    CommandIDs.addPath,
    CommandIDs.upload,
    CommandIDs.paste
  ];
  protected readonly moreMenu = [
    CommandIDs.selectAll,
    CommandIDs.remove,
    CommandIDs.refresh
  ];
}
