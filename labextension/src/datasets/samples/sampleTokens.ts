import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { TokenPiece } from '../../api/types';

const PAGE = 2000;

export interface ITokensOf {
  dataset: string;
  row: number;
  tokenization: string;
}

/** A stored sample under a tokenization, from its beginning as far as somebody wants to see it. */
export class SampleTokens {
  constructor(private readonly client: Client) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get tokens(): readonly TokenPiece[] {
    return this._tokens;
  }

  /** Of a conversation, whose token each is. */
  get roles(): readonly number[] | null {
    return this._roles;
  }

  /** How many the whole sample has; null before that is known. */
  get count(): number | null {
    return this._count;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  show(of: ITokensOf | null): void {
    if (JSON.stringify(of) !== JSON.stringify(this.of)) {
      this.of = of;
      this.turn++;
      this._tokens = [];
      this._roles = null;
      this._count = null;
      this._error = null;
      this._isBusy = false;
      this._changed.emit();
      if (of) {
        void this.more();
      }
    }
  }

  async more(): Promise<void> {
    const { of, turn } = this;
    if (!of || this._isBusy) {
      return;
    }
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    try {
      const { tokens, roles, count } = await this.client.get(
        '/datasets/{id}/samples/{row}/tokens',
        {
          path: { id: of.dataset, row: of.row },
          query: {
            tokenization: of.tokenization,
            offset: this._tokens.length,
            limit: PAGE
          }
        }
      );
      if (turn !== this.turn) {
        return;
      }
      this._tokens = [...this._tokens, ...tokens];
      this._roles = roles && [...(this._roles ?? []), ...roles];
      this._count = count;
    } catch (thrown) {
      if (turn !== this.turn) {
        return;
      }
      this._error = ApiError.from(thrown);
    }
    this._isBusy = false;
    this._changed.emit();
  }

  dispose(): void {
    this.turn++;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _count: number | null = null;
  private _error: ApiError | null = null;
  private _isBusy = false;
  private _roles: readonly number[] | null = null;
  private _tokens: readonly TokenPiece[] = [];
  private of: ITokensOf | null = null;
  private turn = 0;
}
