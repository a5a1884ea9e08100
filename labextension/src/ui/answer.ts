import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError } from '../api/errors';

/** What the server answers to one question, which may be asked again; of several under way the last counts. */
export class Answer<T, Args extends unknown[] = []> {
  constructor(private readonly question: (...args: Args) => Promise<T>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The latest answer; it stays while the question is asked again. */
  get value(): T | null {
    return this._value;
  }

  /** Why there is none. */
  get error(): ApiError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  async ask(...args: Args): Promise<void> {
    const turn = ++this.turn;
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    let value: T | null = null;
    let error: ApiError | null = null;
    try {
      value = await this.question(...args);
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    if (turn === this.turn) {
      this._isBusy = false;
      this._value = value;
      this._error = error;
      this._changed.emit();
    }
  }

  /** Ask, unless there is an answer or one is on its way. */
  want(...args: Args): void {
    if (!this._isBusy && this._value === null && this._error === null) {
      void this.ask(...args);
    }
  }

  dispose(): void {
    this.turn++;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isBusy = false;
  private _value: T | null = null;
  private turn = 0;
}
