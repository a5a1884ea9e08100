import type { Capture } from '../api/types';
import { ObjectsDesk } from '../ui/objects/desk';
import { ListState } from '../ui/objects/listState';
import type { ChooseFolder } from '../ui/serverFolder';
import { CaptureActions } from './actions';
import { CapturesModel } from './model';
import { Sources } from './sources';

/** Everything about captures that documents and commands share. Their rows are in the panel of the models. */
export class CapturesDesk extends ObjectsDesk<Capture, never> {
  constructor(
    options: ObjectsDesk.IOptions & {
      /** Absent where there is no file browser. */
      choose?: ChooseFolder;
    }
  ) {
    super(options);
    const { client, events, memory } = options.studio;
    this.choose = options.choose;
    this.model = new CapturesModel({ client, events });
    this.sources = new Sources({ client, events });
    this.state = new ListState(this.model, memory, 'captures:list');
    this.actions = new CaptureActions({
      ...options,
      model: this.model,
      state: this.state
    });
  }

  readonly model: CapturesModel;
  readonly sources: Sources;
  readonly state: ListState<Capture, never>;
  readonly actions: CaptureActions;
  readonly choose?: ChooseFolder;

  /** The capture with this id, asked for where nobody looks at captures now. */
  async known(id: string | null): Promise<Capture | undefined> {
    if (id !== null && !this.model.head(id)) {
      await this.model.refresh();
    }
    return id === null ? undefined : this.model.head(id);
  }

  protected readonly addMenu = [];
  protected readonly moreMenu = [];
}
