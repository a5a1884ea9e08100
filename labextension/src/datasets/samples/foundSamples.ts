import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { SampleHead } from '../../api/types';
import { PAGE, SECTION } from '../../ui/lines/pagedRows';
import { HEAD } from './allSamples';
import type { ISampleRows } from './rows';

export interface IQuery {
  /** What the text must have in it. */
  search: string;
  /** The split alone that is looked at; empty for all. */
  split: string;
}

/** The samples that a search or a split leaves, in as many steps as it takes to look through all. */
export class FoundSamples implements ISampleRows {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get query(): IQuery {
    return this._query;
  }

  /** Whether anything is asked for; else all samples are shown. */
  get isActive(): boolean {
    return this._query.search !== '' || this._query.split !== '';
  }

  get count(): number {
    return this.found.length;
  }

  /** The row to go on from; null when all were looked at. */
  get next(): number | null {
    return this._next;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  /** No browser could draw more. */
  get isFull(): boolean {
    return this.found.length >= SECTION;
  }

  get error(): ApiError | null {
    return this._error;
  }

  ask(query: Partial<IQuery>): void {
    const next = { ...this._query, ...query };
    if (
      next.search !== this._query.search ||
      next.split !== this._query.split
    ) {
      this._query = next;
      this.begin();
    }
  }

  /** Look again from the first row. */
  begin(): void {
    this.turn++;
    this.found = [];
    this._next = 0;
    this._isBusy = false;
    this._error = null;
    this._changed.emit();
    if (this.isActive) {
      void this.goOn();
    }
  }

  /** Look on where the last answer ended. */
  async goOn(): Promise<void> {
    if (this._next === null || this._isBusy || this.isFull) {
      return;
    }
    const { turn } = this;
    const { search, split } = this._query;
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    try {
      const { samples, next } = await this.client.get(
        '/datasets/{id}/samples',
        {
          path: { id: this.dataset },
          query: {
            offset: this._next,
            limit: PAGE,
            characters: HEAD,
            search,
            split: split || undefined
          }
        }
      );
      if (turn !== this.turn) {
        return;
      }
      this.found = [...this.found, ...samples];
      this._next = next;
    } catch (thrown) {
      if (turn !== this.turn) {
        return;
      }
      this._error = ApiError.from(thrown);
    }
    this._isBusy = false;
    this._changed.emit();
  }

  head(index: number): SampleHead | null {
    return this.found[index] ?? null;
  }

  rowAt(index: number): number {
    return this.found[index]?.row ?? 0;
  }

  indexOf(row: number): number {
    return this.found.findIndex(each => each.row === row);
  }

  /** The end is in sight: more, where looking brought something. */
  want(_: number, last: number): void {
    if (this.found.length && last >= this.found.length - 1) {
      void this.goOn();
    }
  }

  retry(): void {
    void this.goOn();
  }

  dispose(): void {
    this.turn++;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isBusy = false;
  private _next: number | null = 0;
  private _query: IQuery = { search: '', split: '' };
  private found: SampleHead[] = [];
  private turn = 0;
}
