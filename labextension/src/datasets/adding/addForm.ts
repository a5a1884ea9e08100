import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError } from '../../api/errors';
import type { SourceLook } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { lookOf, type Draft } from './arriving';

/** A pause in typing. */
const SETTLE = 300;

/** A dataset about to be added: what was asked for so far, and what reading it would give. */
export class AddForm implements IDisposable {
  constructor(private readonly options: AddForm.IOptions) {
    this._value = options.draft;
    this.settle = new Debouncer(() => this.look(), options.settle ?? SETTLE);
    options.studio.events.stateChanged.connect(this.onConnection, this);
    void this.look();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get value(): FormValue {
    return this._value as FormValue;
  }

  set value(value: FormValue) {
    const before = this._value;
    let next = value as Draft;
    if (
      before.columns === undefined &&
      String(next.columns) === String(this._seen?.chosen)
    ) {
      // They are shown as ticked; whoever changes something else has not chosen them.
      const { columns: _, ...rest } = next;
      next = rest;
    }
    const rows = this._seen?.rows;
    if (
      next.columns !== before.columns &&
      next.columns &&
      (rows === 'messages' || rows === 'sharegpt')
    ) {
      // The messages are in one column; with a column named, the rows are not guessed any more.
      next = { ...next, rows, columns: next.columns.slice(-1) };
    } else if (next.path !== before.path || next.rows !== before.rows) {
      // Columns of another file, or of rows that hold other things, are not these.
      const { columns: _, split_column: __, ...rest } = next;
      next = rest;
    }
    this._value = next;
    this._error = null;
    if (JSON.stringify(lookOf(before)) !== JSON.stringify(lookOf(next))) {
      this._isLooking = this.isAskable;
      void this.settle.invoke();
    }
    this._changed.emit();
  }

  /** What is at the source, as it was asked for last. */
  get seen(): SourceLook | null {
    return this._seen;
  }

  /** Why it could not be looked at. */
  get lookError(): ApiError | null {
    return this._lookError;
  }

  get isLooking(): boolean {
    return this._isLooking;
  }

  /** Why the server did not take it. */
  get error(): ApiError | null {
    return this._error;
  }

  get isAdding(): boolean {
    return this._isAdding;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Why it cannot be added now; null where it can. */
  get blocked(): string | null {
    const { trans } = this.options.studio;
    if (!this.hasSource) {
      return trans.__('Say which file or folder.');
    }
    if (this.hasNoColumn) {
      return trans.__('Tick at least one column.');
    }
    const error = this._lookError;
    if (error && error.status < 500) {
      return error.message;
    }
    return this._seen?.problem ?? null;
  }

  /** Ask again what is there. */
  async look(): Promise<void> {
    const asked = ++this.asked;
    if (!this.isAskable) {
      this._isLooking = false;
      if (!this.hasSource) {
        this._seen = null;
        this._lookError = null;
      }
      this._changed.emit();
      return;
    }
    this._isLooking = true;
    this._changed.emit();
    let seen: SourceLook | null = null;
    let error: ApiError | null = null;
    try {
      seen = await this.options.studio.client.post('/datasets/look', {
        body: lookOf(this._value)
      });
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    // Of several questions under way, the last one counts.
    if (asked === this.asked && !this._isDisposed) {
      this._isLooking = false;
      this._lookError = error;
      this._seen = seen;
      this._changed.emit();
    }
  }

  /** Add it; gives the new dataset's id, or null where something is in the way. */
  async add(): Promise<string | null> {
    if (this._isAdding) {
      return null;
    }
    this._isAdding = true;
    this._error = null;
    this._changed.emit();
    try {
      if (this._isLooking) {
        // What was changed a moment ago counts too.
        await this.look();
      }
      if (this.blocked !== null) {
        return null;
      }
      return (
        await this.options.studio.client.post('/datasets', {
          body: this._value
        })
      ).object;
    } catch (thrown) {
      this._error = ApiError.from(thrown);
      return null;
    } finally {
      this._isAdding = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.options.studio.events.stateChanged.disconnect(
        this.onConnection,
        this
      );
      this.settle.dispose();
      Signal.clearData(this);
    }
  }

  private get hasSource(): boolean {
    return !!(this._value.path || this._value.upload);
  }

  /** Every box was unticked, which is not the same as leaving it to the server. */
  private get hasNoColumn(): boolean {
    return this._value.columns?.length === 0;
  }

  private get isAskable(): boolean {
    return this.hasSource && !this.hasNoColumn;
  }

  private onConnection(): void {
    if (
      this._lookError?.isConnection &&
      this.options.studio.events.state !== 'offline'
    ) {
      void this.look();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isAdding = false;
  private _isDisposed = false;
  private _isLooking = false;
  private _lookError: ApiError | null = null;
  private _seen: SourceLook | null = null;
  private _value: Draft;
  private asked = 0;
  private readonly settle: Debouncer;
}

export namespace AddForm {
  export interface IOptions {
    studio: IMiStudio;
    draft: Draft;
    /** Milliseconds without a change before the server is asked. */
    settle?: number;
  }
}
