import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError } from '../../api/errors';
import type { ILines } from './lines';

/** Rows that are asked for together. */
export const PAGE = 100;
/** Pages kept; more are fetched again when they are looked at again. */
const KEPT = 60;
/** Browsers draw no element taller than some ten million pixels; longer lists go in sections. */
export const SECTION = 200_000;

/** Any number of rows, read page by page as somebody looks at them. */
export abstract class PagedRows<Row> implements ILines {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get total(): number {
    return this._total;
  }

  /** There are so many now. */
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

  /** Whether an answer is on its way. */
  get isBusy(): boolean {
    return this.asked.size > 0;
  }

  at(index: number): Row | null {
    const row = this.rowAt(index);
    const page = Math.floor(row / PAGE);
    const rows = this.pages.get(page);
    if (!rows) {
      return null;
    }
    // Looked at last: dropped last.
    this.pages.delete(page);
    this.pages.set(page, rows);
    return rows[row - page * PAGE] ?? null;
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
    this.turn++;
    Signal.clearData(this);
  }

  protected abstract ask(
    offset: number,
    limit: number
  ): Promise<{ rows: Row[]; total: number }>;

  /** Other rows from here on; what is still on its way is not for these. */
  protected begin(total: number): void {
    this.turn++;
    this.pages.clear();
    this.asked.clear();
    this._error = null;
    this._start = 0;
    this._total = total;
    this._changed.emit();
  }

  protected emitChanged(): void {
    this._changed.emit();
  }

  private async load(page: number): Promise<void> {
    const { turn } = this;
    this.asked.add(page);
    let error: ApiError | null = null;
    try {
      const { rows, total } = await this.ask(page * PAGE, PAGE);
      if (turn !== this.turn) {
        return;
      }
      this.pages.set(page, rows);
      this._total = total;
      this.forgetOld();
    } catch (thrown) {
      if (turn !== this.turn) {
        return;
      }
      error = ApiError.from(thrown);
    }
    this.asked.delete(page);
    this._error = error;
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
  private readonly pages = new Map<number, Row[]>();
  private turn = 0;
}
