import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { HookPoints } from '../../api/types';

/** Where the chosen model can be read, asked for when another one is chosen. */
export class ModelPoints {
  constructor(options: ModelPoints.IOptions) {
    this.client = options.client;
    this.changed = options.changed;
  }

  /** Null before that is known. */
  get points(): HookPoints | null {
    return this._points;
  }

  /** Why it is not known. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Ask, again too: the first time the model is loaded for that. */
  async read(model: unknown): Promise<void> {
    if (model !== this.model) {
      this._points = null;
    }
    this.model = model;
    this._error = null;
    this.changed();
    if (typeof model !== 'string') {
      return;
    }
    let points: HookPoints | null = null;
    let error: ApiError | null = null;
    try {
      points = await this.client.get('/models/{id}/hook-points', {
        path: { id: model }
      });
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    if (model === this.model) {
      this._points = points;
      this._error = error;
      this.changed();
    }
  }

  private _error: ApiError | null = null;
  private _points: HookPoints | null = null;
  private readonly changed: () => void;
  private readonly client: Client;
  private model: unknown;
}

export namespace ModelPoints {
  export interface IOptions {
    client: Client;
    /** Called when more is known, and when less is. */
    changed: () => void;
  }
}
