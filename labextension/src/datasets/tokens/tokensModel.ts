import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { PreviewTokens, TokenPreview } from '../../api/types';

/** The server cuts no more than this at a time. */
export const PREVIEW_CHARACTERS = 20_000;

/** How a text is cut into tokens, asked of the server's live worker. */
export class TokensModel {
  constructor(private readonly client: Client) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get preview(): TokenPreview | null {
    return this._preview;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  async run(params: Partial<PreviewTokens> & { text: string }): Promise<void> {
    const turn = ++this.turn;
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    try {
      const preview = await this.client.post('/tokens/preview', {
        body: { ...params, text: beginning(params.text) }
      });
      if (turn === this.turn) {
        this._preview = preview;
      }
    } catch (thrown) {
      if (turn === this.turn) {
        this._preview = null;
        this._error = ApiError.from(thrown);
      }
    }
    if (turn === this.turn) {
      this._isBusy = false;
      this._changed.emit();
    }
  }

  clear(): void {
    this.turn++;
    this._isBusy = false;
    this._preview = null;
    this._error = null;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isBusy = false;
  private _preview: TokenPreview | null = null;
  private turn = 0;
}

/** As much of a text as one preview takes; no character is cut in two. */
export function beginning(text: string): string {
  // The server counts code points, of which there are never more than units here.
  if (text.length <= PREVIEW_CHARACTERS) {
    return text;
  }
  const end = PREVIEW_CHARACTERS;
  const half = /[\uD800-\uDBFF]/.test(text[end - 1]);
  return text.slice(0, half ? end - 1 : end);
}
