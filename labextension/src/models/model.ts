import type {
  AddModel,
  Capture,
  DeletePlan,
  EditObject,
  Model,
  Started,
  Topic
} from '../api/types';
import {
  ObjectsModel,
  type IAgreed,
  type IAsked
} from '../ui/objects/objectsModel';

export type ModelObject = Model | Capture;

export function isModel(object: ModelObject): object is Model {
  return 'source' in object;
}

/** All models with what was captured from them, kept as the server has them while anybody looks. */
export class ModelsModel extends ObjectsModel<Model, Capture> {
  isHead(object: ModelObject): object is Model {
    return isModel(object);
  }

  parentIdOf(capture: Capture): string {
    return capture.model;
  }

  textsOf(object: ModelObject): string[] {
    const { name, id, tags } = object;
    return isModel(object)
      ? [name, id, object.source.name, object.facts?.family ?? '', ...tags]
      : [name, id, ...object.hooks, ...tags];
  }

  add(params: Partial<AddModel>): Promise<Started> {
    return this.client.post('/models', { body: params });
  }

  plan(object: ModelObject): Promise<DeletePlan> {
    const asked = { path: { id: object.id } };
    return isModel(object)
      ? this.client.get('/models/{id}/delete-plan', asked)
      : this.client.get('/captures/{id}/delete-plan', asked);
  }

  protected readonly topics: readonly Topic[] = ['models', 'captures'];

  protected async askAll(): Promise<[Model[], Capture[]]> {
    const [{ models }, { captures }] = await Promise.all([
      this.client.get('/models'),
      this.client.get('/captures')
    ]);
    return [models, captures];
  }

  protected askOne(object: ModelObject, asked: IAsked): Promise<ModelObject> {
    return isModel(object)
      ? this.client.get('/models/{id}', asked)
      : this.client.get('/captures/{id}', asked);
  }

  protected askEdit(
    object: ModelObject,
    asked: IAsked & { body: Partial<EditObject> }
  ): Promise<ModelObject> {
    return isModel(object)
      ? this.client.patch('/models/{id}', asked)
      : this.client.patch('/captures/{id}', asked);
  }

  protected askDelete(
    object: ModelObject,
    asked: IAgreed
  ): Promise<{ ids: string[] }> {
    return isModel(object)
      ? this.client.delete('/models/{id}', asked)
      : this.client.delete('/captures/{id}', asked);
  }
}
