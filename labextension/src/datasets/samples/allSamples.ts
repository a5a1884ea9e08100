import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { SampleHead } from '../../api/types';
import type { ISampleRows } from './rows';

const PAGE = 100;
/** Characters of each text that fit on a line of the browser. */
export const HEAD = 240;
/** Pages kept; more are fetched again when they are looked at again. */
const KEPT = 60;
/** Browsers draw no element taller than some ten million pixels; longer lists go in sections. */
export const SECTION = 200_000;

/** All samples of a dataset, read page by page as somebody looks at them. */
export class AllSamples implements ISampleRows {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get total(): number {
    return this._total;
  }

  /** Reading has ended: there are so many now. */
  setTotal(total: number): void {
    if (total !== this._total) {
      this._total = total;
      this.pages.clear();
      this._changed.emit();
    }
  }

  /** First row of the section that is shown. */
  get start(): number {
    return this._start;
  }

  /** Rows in the section that is shown. */
  get count(): number {
    return Math.max(0, Math.min(SECTION, this._total - this._start));
  }

  get sections(): number {
    return Math.max(1, Math.ceil(this._total / SECTION));
  }

  get error(): ApiError | null {
    return this._error;
  }

  head(index: number): SampleHead | null {
    const row = this.rowAt(index);
    const page = Math.floor(row / PAGE);
    const heads = this.pages.get(page);
    if (!heads) {
      return null;
    }
    // Looked at last: dropped last.
    this.pages.delete(page);
    this.pages.set(page, heads);
    return heads[row - page * PAGE] ?? null;
  }

  rowAt(index: number): number {
    return this._start + index;
  }

  indexOf(row: number): number {
    const index = row - this._start;
    return index >= 0 && index < this.count ? index : -1;
  }

  want(first: number, last: number): void {
    const lastPage = Math.floor(this.rowAt(last) / PAGE);
    let page = Math.floor(this.rowAt(first) / PAGE);
    for (; page <= lastPage && page * PAGE < this._total; page++) {
      if (!this.pages.has(page) && !this.asked.has(page)) {
        void this.load(page);
      }
    }
  }

  /** Show the section that holds this row. */
  goTo(row: number): void {
    const there = Math.max(0, Math.min(row, this._total - 1));
    const start = Math.floor(there / SECTION) * SECTION;
    if (start !== this._start) {
      this._start = start;
      this._changed.emit();
    }
  }

  retry(): void {
    this._error = null;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async load(page: number): Promise<void> {
    this.asked.add(page);
    try {
      const { samples, total } = await this.client.get(
        '/datasets/{id}/samples',
        {
          path: { id: this.dataset },
          query: { offset: page * PAGE, limit: PAGE, characters: HEAD }
        }
      );
      this.pages.set(page, samples);
      this._total = total;
      this._error = null;
      this.forgetOld();
    } catch (thrown) {
      this._error = ApiError.from(thrown);
    } finally {
      this.asked.delete(page);
    }
    this._changed.emit();
  }

  private forgetOld(): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= KEPT) {
        return;
      }
      this.pages.delete(page);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _start = 0;
  private _total = 0;
  private readonly asked = new Set<number>();
  private readonly pages = new Map<number, SampleHead[]>();
}
