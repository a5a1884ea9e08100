import type {
  DeletePlan,
  EditObject,
  ImportSae,
  Job,
  Sae,
  Started,
  Topic,
  Training
} from '../api/types';
import { ApiError } from '../api/errors';
import type { FormValue } from '../ui/formSchema';
import {
  ObjectsModel,
  type IAgreed,
  type IAsked
} from '../ui/objects/objectsModel';

/** Milliseconds from one look to the next. */
const PAUSE = 500;

export type TrainingObject = Training | Sae;

export function isTraining(object: TrainingObject): object is Training {
  return 'sources' in object;
}

/** All trainings with the SAEs made of them, and SAEs from elsewhere, kept as the server has them while anybody looks. */
export class TrainingsModel extends ObjectsModel<TrainingObject, Sae> {
  isHead(object: TrainingObject): object is TrainingObject {
    return isTraining(object) || object.training === null;
  }

  parentIdOf(sae: Sae): string {
    return sae.training ?? '';
  }

  textsOf(object: TrainingObject): string[] {
    const { name, id, tags } = object;
    return isTraining(object)
      ? [name, id, object.architecture, ...object.hooks, ...tags]
      : [name, id, object.hook ?? '', ...tags];
  }

  training(id: string): Training | undefined {
    const found = this.head(id);
    return found && isTraining(found) ? found : undefined;
  }

  get trainings(): Training[] {
    return this.heads.filter(isTraining);
  }

  extend(id: string, params: FormValue): Promise<Started> {
    return this.client.post('/trainings/{id}/extend', {
      path: { id },
      body: params
    });
  }

  saveCheckpoint(id: string): Promise<Job> {
    return this.client.post('/trainings/{id}/checkpoints', { path: { id } });
  }

  takeOut(id: string, sae: number, step: number): Promise<Started> {
    return this.client.post('/trainings/{id}/saes', {
      path: { id },
      body: { sae, step }
    });
  }

  /** The SAE once its files are there; what keeps them from coming is thrown. */
  async readySae(id: string): Promise<Sae> {
    for (;;) {
      const sae = await this.client.get('/saes/{id}', { path: { id } });
      if (sae.facts) {
        return sae;
      }
      if (sae.state === 'failed') {
        throw new ApiError({
          message: sae.reason ?? '',
          hint: '',
          code: 'failed',
          field: null,
          status: 0
        });
      }
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
  }

  importSae(params: Partial<ImportSae>): Promise<Started> {
    return this.client.post('/saes', { body: params });
  }

  exportSae(id: string, params: FormValue): Promise<Started> {
    return this.client.post('/saes/{id}/export', {
      path: { id },
      body: params
    });
  }

  plan(object: TrainingObject): Promise<DeletePlan> {
    const asked = { path: { id: object.id } };
    return isTraining(object)
      ? this.client.get('/trainings/{id}/delete-plan', asked)
      : this.client.get('/saes/{id}/delete-plan', asked);
  }

  protected readonly topics: readonly Topic[] = ['trainings', 'saes'];

  protected async askAll(): Promise<[TrainingObject[], Sae[]]> {
    const [{ trainings }, { saes }] = await Promise.all([
      this.client.get('/trainings'),
      this.client.get('/saes')
    ]);
    const imported = saes.filter(each => this.isHead(each));
    const heads = [...trainings, ...imported];
    return [
      imported.length
        ? heads.sort((one, other) => other.created - one.created)
        : heads,
      saes.filter(each => !this.isHead(each))
    ];
  }

  protected askOne(
    object: TrainingObject,
    asked: IAsked
  ): Promise<TrainingObject> {
    return isTraining(object)
      ? this.client.get('/trainings/{id}', asked)
      : this.client.get('/saes/{id}', asked);
  }

  protected askEdit(
    object: TrainingObject,
    asked: IAsked & { body: Partial<EditObject> }
  ): Promise<TrainingObject> {
    return isTraining(object)
      ? this.client.patch('/trainings/{id}', asked)
      : this.client.patch('/saes/{id}', asked);
  }

  protected askDelete(
    object: TrainingObject,
    asked: IAgreed
  ): Promise<{ ids: string[] }> {
    return isTraining(object)
      ? this.client.delete('/trainings/{id}', asked)
      : this.client.delete('/saes/{id}', asked);
  }
}
