import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { Sample } from '../../api/types';

/** The one sample that is shown whole. */
export class ChosenSample {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get row(): number | null {
    return this._row;
  }

  get sample(): Sample | null {
    return this._sample;
  }

  get error(): ApiError | null {
    return this._error;
  }

  async choose(row: number): Promise<void> {
    this._row = row;
    this._error = null;
    this._changed.emit();
    try {
      const sample = await this.client.get('/datasets/{id}/samples/{row}', {
        path: { id: this.dataset, row }
      });
      if (this._row === row) {
        this._sample = sample;
      }
    } catch (thrown) {
      if (this._row === row) {
        this._sample = null;
        this._error = ApiError.from(thrown);
      }
    }
    this._changed.emit();
  }

  close(): void {
    this._row = null;
    this._sample = null;
    this._error = null;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _row: number | null = null;
  private _sample: Sample | null = null;
}
