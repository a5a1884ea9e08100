import type { Sae } from '../api/types';
import type { JobsDesk } from '../jobs/desk';
import { ModelsModel } from '../models/model';
import { ObjectsDesk } from '../ui/objects/desk';
import type { ChooseFolder } from '../ui/serverFolder';
import { TrainingActions } from './actions';
import { CommandIDs } from './commandIds';
import { TrainingsModel, type TrainingObject } from './model';
import { TrainingState } from './trainingState';

/** Everything about trainings and SAEs that panel, documents and commands share. */
export class TrainingDesk extends ObjectsDesk<TrainingObject, Sae> {
  constructor(options: TrainingDesk.IOptions) {
    super(options);
    const { client, events, memory } = options.studio;
    this.choose = options.choose;
    this.jobs = options.jobs;
    this.model = new TrainingsModel({ client, events });
    this.sources = new ModelsModel({ client, events });
    this.state = new TrainingState(this.model, memory);
    this.actions = new TrainingActions({
      ...options,
      model: this.model,
      state: this.state
    });
    this.begin();
  }

  readonly model: TrainingsModel;
  /** Captures, which trainings read, with the models that they are of. */
  readonly sources: ModelsModel;
  readonly state: TrainingState;
  readonly actions: TrainingActions;
  readonly choose?: ChooseFolder;
  readonly jobs: JobsDesk | null;

  protected readonly addMenu = [CommandIDs.create];
  protected readonly moreMenu = [
    CommandIDs.importSae,
    CommandIDs.selectAll,
    CommandIDs.remove,
    CommandIDs.refresh
  ];
}

export namespace TrainingDesk {
  export interface IOptions extends ObjectsDesk.IOptions {
    /** Absent where there is no file browser. */
    choose?: ChooseFolder;
    /** Absent where jobs have no panel. */
    jobs: JobsDesk | null;
  }
}
