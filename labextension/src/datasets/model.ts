import type {
  AddDataset,
  ArrangeDataset,
  CleanDataset,
  Dataset,
  DeletePlan,
  EditObject,
  Started,
  Tokenization,
  TokenizeDataset,
  Topic
} from '../api/types';
import {
  ObjectsModel,
  type IAgreed,
  type IAsked
} from '../ui/objects/objectsModel';

export type DatasetObject = Dataset | Tokenization;

export function isDataset(object: DatasetObject): object is Dataset {
  return 'source' in object;
}

/** All datasets and tokenizations, kept as the server has them while anybody looks. */
export class DatasetsModel extends ObjectsModel<Dataset, Tokenization> {
  get datasets(): readonly Dataset[] {
    return this.heads;
  }

  get tokenizations(): readonly Tokenization[] {
    return this.nested;
  }

  dataset(id: string): Dataset | undefined {
    return this.head(id);
  }

  tokenizationsOf(dataset: string): Tokenization[] {
    return this.nestedOf(dataset);
  }

  isHead(object: DatasetObject): object is Dataset {
    return isDataset(object);
  }

  parentIdOf(tokenization: Tokenization): string {
    return tokenization.parent;
  }

  textsOf(object: DatasetObject): string[] {
    const origin = isDataset(object)
      ? object.source.name
      : object.tokenizer.name;
    return [object.name, object.id, origin, ...object.tags];
  }

  /** The dataset of a tokenization that may not be listed yet. */
  async parentOf(tokenization: string): Promise<string> {
    return (
      await this.client.get('/tokenizations/{id}', {
        path: { id: tokenization }
      })
    ).parent;
  }

  add(params: Partial<AddDataset>): Promise<Started> {
    return this.client.post('/datasets', { body: params });
  }

  /** Each step's lane begins the next one: asked once, all of it comes. */
  async loadDemo(): Promise<void> {
    await this.client.post('/demo');
  }

  tokenize(id: string, params: Partial<TokenizeDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/tokenizations', {
      path: { id },
      body: params
    });
  }

  clean(id: string, params: Partial<CleanDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/clean', {
      path: { id },
      body: params
    });
  }

  arrange(id: string, params: Partial<ArrangeDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/arrange', {
      path: { id },
      body: params
    });
  }

  plan(object: DatasetObject): Promise<DeletePlan> {
    const path = { id: object.id };
    return isDataset(object)
      ? this.client.get('/datasets/{id}/delete-plan', { path })
      : this.client.get('/tokenizations/{id}/delete-plan', { path });
  }

  protected readonly topics: readonly Topic[] = ['datasets', 'tokenizations'];

  protected async askAll(): Promise<[Dataset[], Tokenization[]]> {
    const [{ datasets }, { tokenizations }] = await Promise.all([
      this.client.get('/datasets'),
      this.client.get('/tokenizations')
    ]);
    return [datasets, tokenizations];
  }

  protected askOne(
    object: DatasetObject,
    asked: IAsked
  ): Promise<DatasetObject> {
    return isDataset(object)
      ? this.client.get('/datasets/{id}', asked)
      : this.client.get('/tokenizations/{id}', asked);
  }

  protected askEdit(
    object: DatasetObject,
    asked: IAsked & { body: Partial<EditObject> }
  ): Promise<DatasetObject> {
    return isDataset(object)
      ? this.client.patch('/datasets/{id}', asked)
      : this.client.patch('/tokenizations/{id}', asked);
  }

  protected askDelete(
    object: DatasetObject,
    asked: IAgreed
  ): Promise<{ ids: string[] }> {
    return isDataset(object)
      ? this.client.delete('/datasets/{id}', asked)
      : this.client.delete('/tokenizations/{id}', asked);
  }
}
