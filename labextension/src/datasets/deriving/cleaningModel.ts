import { Debouncer } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { CleaningPreview, CleanRules } from '../../api/types';
import type { FormValue } from '../../ui/formSchema';

/** Somebody still types. */
const PAUSE = 400;

/** What rules would do to samples of a dataset, asked again whenever they change. */
export class CleaningModel {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {
    this.ask = new Debouncer(() => this.load(), PAUSE);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get preview(): CleaningPreview | null {
    return this._preview;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  /** The rules of a form, without what is no rule or left empty. */
  show(value: FormValue): void {
    const { name: _, ...rules } = value;
    const chosen = Object.fromEntries(
      Object.entries(rules).filter(([, rule]) => rule)
    );
    if (JSON.stringify(chosen) === JSON.stringify(this.rules)) {
      return;
    }
    this.rules = chosen;
    this.turn++;
    this._error = null;
    this._isBusy = Object.keys(chosen).length > 0;
    if (this._isBusy) {
      void this.ask.invoke();
    } else {
      this._preview = null;
      void this.ask.stop();
    }
    this._changed.emit();
  }

  retry(): void {
    this._isBusy = true;
    this._changed.emit();
    void this.load();
  }

  dispose(): void {
    this.turn++;
    this.ask.dispose();
    Signal.clearData(this);
  }

  private async load(): Promise<void> {
    const { turn } = this;
    try {
      const preview = await this.client.post('/datasets/{id}/clean/preview', {
        path: { id: this.dataset },
        body: this.rules
      });
      if (turn !== this.turn) {
        return;
      }
      this._preview = preview;
      this._error = null;
    } catch (thrown) {
      if (turn !== this.turn) {
        return;
      }
      this._preview = null;
      this._error = ApiError.from(thrown);
    }
    this._isBusy = false;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isBusy = false;
  private _preview: CleaningPreview | null = null;
  private readonly ask: Debouncer<void>;
  private rules: Partial<CleanRules> = {};
  private turn = 0;
}
