import type {
  Capture,
  DeletePlan,
  EditObject,
  Started,
  Topic
} from '../api/types';
import type { FormValue } from '../ui/formSchema';
import {
  ObjectsModel,
  type IAgreed,
  type IAsked
} from '../ui/objects/objectsModel';

/** All captures, kept as the server has them while anybody looks. */
export class CapturesModel extends ObjectsModel<Capture, never> {
  isHead(_: Capture): _ is Capture {
    return true;
  }

  parentIdOf(nothing: never): string {
    return nothing;
  }

  textsOf({ name, id, hooks, tags }: Capture): string[] {
    return [name, id, ...hooks, ...tags];
  }

  append(id: string, params: FormValue): Promise<Started> {
    return this.client.post('/captures/{id}/append', {
      path: { id },
      body: params
    });
  }

  exportFiles(id: string, params: FormValue): Promise<Started> {
    return this.client.post('/captures/{id}/export', {
      path: { id },
      body: params
    });
  }

  plan({ id }: Capture): Promise<DeletePlan> {
    return this.client.get('/captures/{id}/delete-plan', { path: { id } });
  }

  protected readonly topics: readonly Topic[] = ['captures'];

  protected async askAll(): Promise<[Capture[], never[]]> {
    return [(await this.client.get('/captures')).captures, []];
  }

  protected askOne(_: Capture, asked: IAsked): Promise<Capture> {
    return this.client.get('/captures/{id}', asked);
  }

  protected askEdit(
    _: Capture,
    asked: IAsked & { body: Partial<EditObject> }
  ): Promise<Capture> {
    return this.client.patch('/captures/{id}', asked);
  }

  protected askDelete(_: Capture, asked: IAgreed): Promise<{ ids: string[] }> {
    return this.client.delete('/captures/{id}', asked);
  }
}
