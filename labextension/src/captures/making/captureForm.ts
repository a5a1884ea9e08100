import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError } from '../../api/errors';
import type {
  CaptureEstimate,
  EstimateCapture,
  HookPoints,
  Started
} from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import type { CapturesDesk } from '../desk';
import { chosenOf, hooksOf } from '../grid/chosen';
import { columnsOf } from '../grid/columns';
import { bestTokenization } from './fitting';

/** A pause in typing. */
const SETTLE = 400;

/** A capture about to be made: what was asked for so far, and what it would take. */
export class CaptureForm implements IDisposable {
  constructor(private readonly options: CaptureForm.IOptions) {
    const { desk } = options;
    this._value = options.draft;
    this.settle = new Debouncer(
      () => this.estimateNow(),
      options.settle ?? SETTLE
    );
    desk.sources.changed.connect(this.onSources, this);
    desk.model.deleted.connect(this.ask, this);
    desk.studio.events.stateChanged.connect(this.onConnection, this);
    this.chooseText();
    void this.readPoints();
    this.ask();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get desk(): CapturesDesk {
    return this.options.desk;
  }

  get value(): FormValue {
    return this._value;
  }

  set value(value: FormValue) {
    const before = this._value;
    this._value = value;
    this._error = null;
    if (before.model !== value.model) {
      this._points = null;
      this.chooseText();
      void this.readPoints();
    }
    if (keyOf(before) !== keyOf(this._value)) {
      this.ask();
    }
    this._changed.emit();
  }

  /** Where the chosen model can be read; null before that is known. */
  get points(): HookPoints | null {
    return this._points;
  }

  /** Why it is not known. */
  get pointsError(): ApiError | null {
    return this._pointsError;
  }

  /** Those that are ticked: what was chosen, else what the server would take. */
  get hooks(): readonly string[] {
    return (
      (this._value.hooks as string[] | undefined) ?? this._estimate?.hooks ?? []
    );
  }

  /** What it would take, as it was asked for last. */
  get estimate(): CaptureEstimate | null {
    return this._estimate;
  }

  /** Why nobody knows what it would take, or why the server did not begin. */
  get error(): ApiError | null {
    return this._error ?? this._estimateError;
  }

  get isEstimating(): boolean {
    return this._isEstimating;
  }

  get isStarting(): boolean {
    return this._isStarting;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Why it cannot be started now; null where it can. */
  get blocked(): string | null {
    const { events, trans } = this.desk.studio;
    if (events.state === 'offline') {
      return trans.__('The server cannot be reached.');
    }
    if (!this._value.model) {
      return trans.__('Choose a model.');
    }
    if (!this._value.tokenization) {
      return trans.__('Choose a text.');
    }
    if (this._value.hooks && !this.hooks.length) {
      return trans.__('Tick at least one hook point.');
    }
    const error = this._estimateError;
    if (error && error.status < 500) {
      return error.message;
    }
    return this._estimate?.problem ?? null;
  }

  /** Ask again where the model can be read: the first time it is loaded for that. */
  async readPoints(): Promise<void> {
    const { model } = this._value;
    this._pointsError = null;
    this._changed.emit();
    if (typeof model !== 'string') {
      return;
    }
    let points: HookPoints | null = null;
    let error: ApiError | null = null;
    try {
      points = await this.desk.studio.client.get('/models/{id}/hook-points', {
        path: { id: model }
      });
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    if (model === this._value.model && !this._isDisposed) {
      this._points = points;
      this._pointsError = error;
      if (points) {
        this.keepOnly(points);
      }
      this._changed.emit();
    }
  }

  /** Ask again what it would take. */
  retry(): void {
    this._error = null;
    this.ask();
    this._changed.emit();
  }

  /** Start it; null where something is in the way. */
  async start(): Promise<Started | null> {
    if (this._isStarting) {
      return null;
    }
    this._isStarting = true;
    this._error = null;
    this._changed.emit();
    try {
      if (this._isEstimating) {
        // What was changed a moment ago counts too.
        await this.estimateNow();
      }
      return this.blocked === null
        ? await this.desk.studio.client.post('/captures', { body: this._value })
        : null;
    } catch (thrown) {
      this._error = ApiError.from(thrown);
      return null;
    } finally {
      this._isStarting = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      const { desk } = this;
      desk.sources.changed.disconnect(this.onSources, this);
      desk.model.deleted.disconnect(this.ask, this);
      desk.studio.events.stateChanged.disconnect(this.onConnection, this);
      this.settle.dispose();
      Signal.clearData(this);
    }
  }

  private ask(): void {
    this._isEstimating = true;
    void this.settle.invoke();
  }

  private async estimateNow(): Promise<void> {
    const asked = ++this.asked;
    let estimate: CaptureEstimate | null = null;
    let error: ApiError | null = null;
    try {
      estimate = await this.desk.studio.client.post('/captures/estimate', {
        body: asEstimate(this._value)
      });
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    // Of several questions under way, the last one counts.
    if (asked === this.asked && !this._isDisposed) {
      this._isEstimating = false;
      this._estimateError = error;
      this._estimate = estimate;
      this._changed.emit();
    }
  }

  private onConnection(): void {
    if (this.desk.studio.events.state !== 'offline') {
      if (this._pointsError?.isConnection) {
        void this.readPoints();
      }
      if (this._estimateError?.isConnection) {
        this.ask();
      }
    }
    this._changed.emit();
  }

  /** What was not ready may be so now; what was chosen may be gone. */
  private onSources(): void {
    const before = keyOf(this._value);
    this.chooseText();
    if (before !== keyOf(this._value) || this._estimate?.problem) {
      this.ask();
    }
    this._changed.emit();
  }

  /** A text cut by the model's own tokenizer, until somebody chooses. */
  private chooseText(): void {
    const { sources, studio } = this.desk;
    const model = sources.model(this._value.model);
    if (model && !this._value.tokenization) {
      const found = bestTokenization(
        sources.tokenizations,
        model,
        studio.trans
      );
      if (found) {
        this._value = { ...this._value, tokenization: found.id };
      }
    }
  }

  /** What another model had and this one lacks cannot stay ticked. */
  private keepOnly(points: HookPoints): void {
    const { hooks } = this._value as { hooks?: string[] };
    if (hooks) {
      const columns = columnsOf(points);
      const kept = hooksOf(
        chosenOf(hooks, columns, points.layers),
        columns,
        points.layers
      );
      const { hooks: _, ...rest } = this._value;
      this._value =
        kept.length || !hooks.length ? { ...rest, hooks: kept } : rest;
      this.ask();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _estimate: CaptureEstimate | null = null;
  private _estimateError: ApiError | null = null;
  private _isDisposed = false;
  private _isEstimating = false;
  private _isStarting = false;
  private _points: HookPoints | null = null;
  private _pointsError: ApiError | null = null;
  private _value: FormValue;
  private asked = 0;
  private readonly settle: Debouncer;
}

/** What it is called does not change what it takes. */
function asEstimate(value: FormValue): Partial<EstimateCapture> {
  const { name: _, tags: __, notes: ___, ...rest } = value;
  return rest;
}

function keyOf(value: FormValue): string {
  return JSON.stringify(asEstimate(value));
}

export namespace CaptureForm {
  export interface IOptions {
    desk: CapturesDesk;
    draft: FormValue;
    /** Milliseconds without a change before the server is asked. */
    settle?: number;
  }
}
