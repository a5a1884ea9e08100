import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { MetricsPage } from '../../api/types';
import type { Range } from '../../ui/charts/plot';
import { pointsFor } from './curves';

export const TRAINING = [
  'loss',
  'penalty',
  'aux',
  'mse',
  'fvu',
  'l0',
  'l1',
  'dead',
  'rare',
  'gradient_norm',
  'learning_rate'
] as const;
export const EVALUATION = ['fvu', 'loss_recovered', 'ce_increase'] as const;
export const MACHINE = ['tokens_per_second', 'memory', 'gpu_use'] as const;

/** Milliseconds for each question: two a second at the most. */
const PACE = 500;

/** The numbers of a run, for the steps that are looked at and the width that they are shown at. */
export class CurvesModel implements IDisposable {
  constructor(private readonly options: CurvesModel.IOptions) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** One page an SAE. */
  get training(): readonly MetricsPage[] {
    return this._training;
  }

  get evaluation(): readonly MetricsPage[] {
    return this._evaluation;
  }

  get machine(): MetricsPage | null {
    return this._machine;
  }

  get isLoaded(): boolean {
    return this._machine !== null;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** The steps that are looked at; null: all of them, and those to come. */
  get range(): Range | null {
    return this._range;
  }

  set range(range: Range | null) {
    // Several charts tell of one wish.
    if (range?.[0] !== this._range?.[0] || range?.[1] !== this._range?.[1]) {
      this._range = range;
      this._changed.emit();
      this.refresh();
    }
  }

  /** How strongly curves are smoothed: 0 not at all. */
  get smoothing(): number {
    return this._smoothing;
  }

  set smoothing(smoothing: number) {
    this._smoothing = smoothing;
    this._changed.emit();
  }

  /** Pixels of a chart; 0 while nobody sees one, and nothing is asked then. */
  get width(): number {
    return this._width;
  }

  set width(width: number) {
    const before = this._width;
    this._width = width;
    if (width && (this.isStale || width > 1.2 * before)) {
      this.refresh();
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The run has come further: ask before long. */
  note(): void {
    this.isStale = true;
    this.schedule();
  }

  /** Ask at once. */
  refresh(): void {
    this.next = 0;
    this.note();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this.timer);
      Signal.clearData(this);
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.isStale && this._width && !this.isBusy && !this._isDisposed) {
      const wait = Math.max(0, this.next - Date.now());
      this.timer = window.setTimeout(() => void this.ask(), wait);
    }
  }

  private async ask(): Promise<void> {
    this.isStale = false;
    this.isBusy = true;
    const range = this._range;
    await this.options.before();
    const saes = Array.from({ length: Math.max(1, this.options.saes()) });
    this.next = Date.now() + PACE * (2 * saes.length + 2);
    try {
      const [training, evaluation, machine] = await Promise.all([
        Promise.all(saes.map((_, at) => this.page('training', at, TRAINING))),
        Promise.all(
          saes.map((_, at) => this.page('evaluation', at, EVALUATION))
        ),
        this.page('machine', 0, MACHINE)
      ]);
      this._training = training;
      this._evaluation = evaluation;
      this._machine = machine;
      this._error = null;
    } catch (thrown) {
      this._error = ApiError.from(thrown);
    }
    this.isBusy = false;
    if (this._isDisposed) {
      return;
    }
    this.isStale ||= range !== this._range;
    this._changed.emit();
    this.schedule();
  }

  private async page(
    of: 'training' | 'evaluation' | 'machine',
    variant: number,
    columns: readonly string[]
  ): Promise<MetricsPage> {
    const { client, id } = this.options;
    const points = pointsFor(this._width, columns.length);
    const range = this._range;
    try {
      return await client.get('/trainings/{id}/metrics', {
        path: { id },
        query: {
          of,
          variant,
          columns: [...columns],
          points,
          ...(range && {
            first: Math.max(0, Math.floor(range[0])),
            last: Math.ceil(range[1])
          })
        }
      });
    } catch (thrown) {
      const error = ApiError.from(thrown);
      // A run that has not begun has no columns yet.
      if (error.status === 404 && error.field === 'columns') {
        return { steps: [], columns: {}, rows: 0, last: null };
      }
      throw error;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _evaluation: readonly MetricsPage[] = [];
  private _isDisposed = false;
  private _machine: MetricsPage | null = null;
  private _range: Range | null = null;
  private _smoothing = 0;
  private _training: readonly MetricsPage[] = [];
  private _width = 0;
  private isBusy = false;
  private isStale = true;
  private next = 0;
  private timer = 0;
}

export namespace CurvesModel {
  export interface IOptions {
    client: Client;
    id: string;
    /** Done before the numbers are asked for: how many SAEs there are may not be known yet. */
    before: () => Promise<void>;
    /** How many SAEs the training has. */
    saes: () => number;
  }
}
