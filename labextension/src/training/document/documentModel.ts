import type {
  CheckpointList,
  Sae,
  Training,
  TrainingHealth
} from '../../api/types';
import { LogModel } from '../../jobs/log/model';
import { Answer } from '../../ui/answer';
import { ObjectDocument } from '../../ui/objects/objectDocument';
import { CurvesModel } from '../curves/curvesModel';
import { workOf } from '../../ui/objects/words';
import type { TrainingDesk } from '../desk';
import type { TrainingObject } from '../model';
import type { Tab } from './tabNames';

/** One training in a document of its own. */
export class TrainingDocument extends ObjectDocument<TrainingObject, Sae, Tab> {
  constructor(
    override readonly desk: TrainingDesk,
    id: string
  ) {
    super(desk, id, 'curves');
    const { client } = desk.studio;
    const path = { id };
    this.curves = new CurvesModel({
      client,
      id,
      before: () => this.renew(),
      saes: () => this.training?.facts?.saes.length ?? 1
    });
    this.health = new Answer(async () => {
      await this.renew();
      return client.get('/trainings/{id}/health', { path });
    });
    this.checkpoints = new Answer(async () => {
      await this.renew();
      return client.get('/trainings/{id}/checkpoints', { path });
    });
  }

  readonly curves: CurvesModel;
  readonly health: Answer<TrainingHealth>;
  readonly checkpoints: Answer<CheckpointList>;

  get training(): Training | undefined {
    return this.desk.model.training(this.id);
  }

  /** The log of the latest job; it is kept while tabs change. */
  get log(): LogModel | null {
    const job = this.training?.job?.id;
    if (job !== undefined && this._log?.job !== job) {
      const { client, events } = this.desk.studio;
      this._log?.dispose();
      this._log = new LogModel(client, events, job);
    }
    return this._log;
  }

  /** Delete one; whoever must agree has done so. */
  async deleteCheckpoint(step: number, agreed: boolean): Promise<void> {
    await this.desk.studio.client.delete('/trainings/{id}/checkpoints/{step}', {
      path: { id: this.id, step: String(step) },
      query: { agreed }
    });
    await this.checkpoints.ask();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.curves.dispose();
      this.health.dispose();
      this.checkpoints.dispose();
      this._log?.dispose();
      super.dispose();
    }
  }

  protected override onModel(): void {
    const { training } = this;
    const place = training && placeOf(training);
    if (place !== this.place) {
      this.place = place;
      // It may be that the constructor has not come so far.
      this.curves?.note();
    }
    super.onModel();
  }

  /** While it runs, what it has come to is told to those who ask. */
  private async renew(): Promise<void> {
    const { training } = this;
    if (training && workOf(training)) {
      await this.desk.model.renew(this.id);
    }
  }

  private _log: LogModel | null = null;
  private place: string | undefined;
}

/** What tells that there are new numbers. */
function placeOf({ job, facts }: Training): string {
  return [job?.id, job?.state, job?.progress.done, facts?.step].join();
}
