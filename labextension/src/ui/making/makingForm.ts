import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError } from '../../api/errors';
import type { Started } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../formSchema';

/** A pause in typing. */
const SETTLE = 400;

/** What something is made from, as far as it is known. */
export interface ISources {
  readonly changed: ISignal<unknown, unknown>;
  readonly error: ApiError | null;
  readonly isLoaded: boolean;
  refresh(): Promise<void>;
  setWatching(watcher: object, watching: boolean): void;
}

/** What making needs of a desk. */
export interface IMakingDesk {
  readonly studio: IMiStudio;
  readonly sources: ISources;
  readonly model: { refresh(): Promise<void> };
  readonly actions: { openId(id: string): void };
}

/** What every estimate says: what is in the way, and at which parameter. */
export interface IEstimate {
  problem: string | null;
  field: string | null;
}

/** Something about to be made: what was asked for so far, and what it would take. */
export abstract class MakingForm<
  Desk extends IMakingDesk,
  Estimate extends IEstimate
> implements IDisposable {
  constructor(options: MakingForm.IOptions<Desk>) {
    const { desk } = options;
    this.desk = desk;
    this._value = options.draft;
    this.settle = new Debouncer(
      () => this.estimateNow(),
      options.settle ?? SETTLE
    );
    desk.sources.changed.connect(this.onSources, this);
    desk.studio.events.stateChanged.connect(this.onConnection, this);
    this.ask();
  }

  readonly desk: Desk;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get value(): FormValue {
    return this._value;
  }

  set value(value: FormValue) {
    const before = this._value;
    this._value = value;
    this._error = null;
    this.onValue(before);
    if (keyOf(before) !== keyOf(this._value)) {
      this.ask();
    }
    this._changed.emit();
  }

  /** What it would take, as it was asked for last. */
  get estimate(): Estimate | null {
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
    const { missing } = this;
    if (missing !== null) {
      return missing;
    }
    const error = this._estimateError;
    if (error && error.status < 500) {
      return error.message;
    }
    return this._estimate?.problem ?? null;
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
      return this.blocked === null ? await this.make(this._value) : null;
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
      desk.studio.events.stateChanged.disconnect(this.onConnection, this);
      this.settle.dispose();
      Signal.clearData(this);
    }
  }

  /** What has to be chosen first; null where all is. */
  protected abstract readonly missing: string | null;

  /** Ask the server what it would take. */
  protected abstract askEstimate(asked: FormValue): Promise<Estimate>;

  /** Ask the server to make it. */
  protected abstract make(asked: FormValue): Promise<Started>;

  /** What follows from a value that was given. */
  protected onValue(_before: FormValue): void {
    // Nothing.
  }

  /** The server can be reached: what could not be asked is asked again. */
  protected onReachable(): void {
    if (this._estimateError?.isConnection) {
      this.ask();
    }
  }

  /** What was not ready may be so now. */
  protected onSources(): void {
    if (this._estimate?.problem) {
      this.ask();
    }
    this._changed.emit();
  }

  protected ask(): void {
    this._isEstimating = true;
    void this.settle.invoke();
  }

  private async estimateNow(): Promise<void> {
    const asked = ++this.asked;
    let estimate: Estimate | null = null;
    let error: ApiError | null = null;
    try {
      estimate = await this.askEstimate(asEstimate(this._value));
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
      this.onReachable();
    }
    this._changed.emit();
  }

  protected readonly _changed = new Signal<this, void>(this);
  protected _error: ApiError | null = null;
  protected _value: FormValue;
  private _estimate: Estimate | null = null;
  private _estimateError: ApiError | null = null;
  private _isDisposed = false;
  private _isEstimating = false;
  private _isStarting = false;
  private asked = 0;
  private readonly settle: Debouncer;
}

export namespace MakingForm {
  export interface IOptions<Desk> {
    desk: Desk;
    draft: FormValue;
    /** Milliseconds without a change before the server is asked. */
    settle?: number;
  }
}

/** What it is called does not change what it takes. */
function asEstimate(value: FormValue): FormValue {
  const { name: _, tags: __, notes: ___, ...rest } = value;
  return rest;
}

function keyOf(value: FormValue): string {
  return JSON.stringify(asEstimate(value));
}
