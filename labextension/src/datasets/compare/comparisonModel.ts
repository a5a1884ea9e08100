import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { Tokenization, TokenizationComparison } from '../../api/types';
import { SampleTokens } from '../samples/sampleTokens';

/** Two tokenizations side by side, and one sample under both. */
export class ComparisonModel {
  constructor(private readonly client: Client) {
    this.tokens = [new SampleTokens(client), new SampleTokens(client)];
  }

  /** The sample under the first and under the second. */
  readonly tokens: readonly [SampleTokens, SampleTokens];

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What was chosen; null before a choice. */
  get pair(): readonly [string | null, string | null] {
    return this._pair;
  }

  get result(): TokenizationComparison | null {
    return this._result;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** The row of the sample that is shown under both. */
  get row(): number {
    return this._row;
  }

  choose(first: string | null, second: string | null): void {
    this._pair = [first, second];
    this._changed.emit();
  }

  chooseRow(row: number): void {
    this._row = row;
    this._changed.emit();
  }

  /** Ask for these two, as they are now. */
  async load(first: Tokenization, second: Tokenization): Promise<void> {
    const turn = ++this.turn;
    try {
      const result = await this.client.get('/tokenizations/compare', {
        query: { first: first.id, second: second.id }
      });
      if (turn === this.turn) {
        this._result = result;
        this._error = null;
        this._changed.emit();
      }
    } catch (thrown) {
      if (turn === this.turn) {
        this._result = null;
        this._error = ApiError.from(thrown);
        this._changed.emit();
      }
    }
  }

  dispose(): void {
    this.turn++;
    this.tokens.forEach(each => each.dispose());
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _pair: readonly [string | null, string | null] = [null, null];
  private _result: TokenizationComparison | null = null;
  private _row = 0;
  private turn = 0;
}
