import type { Capture, Model } from '../api/types';
import { ObjectsDesk } from '../ui/objects/desk';
import { ListState } from '../ui/objects/listState';
import { ModelActions } from './actions';
import { CommandIDs } from './commandIds';
import { ModelsModel } from './model';

/** Everything about models that panel, documents and commands share. */
export class ModelsDesk extends ObjectsDesk<Model, Capture> {
  constructor(options: ObjectsDesk.IOptions) {
    super(options);
    const { client, events, memory } = options.studio;
    this.model = new ModelsModel({ client, events });
    this.state = new ListState(this.model, memory, 'models:list');
    this.actions = new ModelActions({
      ...options,
      model: this.model,
      state: this.state
    });
    this.begin();
  }

  readonly model: ModelsModel;
  readonly state: ListState<Model, Capture>;
  readonly actions: ModelActions;

  addFromHub(): void {
    void this.options.commands.execute(CommandIDs.addHub);
  }

  protected readonly addMenu = [
    CommandIDs.addHub,
    CommandIDs.addPath,
    CommandIDs.addCached
  ];
  protected readonly moreMenu = [
    CommandIDs.selectAll,
    CommandIDs.remove,
    CommandIDs.refresh
  ];
}
