import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import { ApiError } from '../api/errors';
import type { Sample, SampleHead } from '../api/types';

const PAGE = 100;
/** Characters of each text that fit on a line of the browser. */
const HEAD = 240;
/** Pages kept; more are fetched again when they are looked at again. */
const KEPT = 60;
/** Browsers draw no element taller than some ten million pixels; longer lists go in sections. */
export const SECTION = 200_000;

/** A dataset's samples, read page by page as somebody looks at them. */
export class SamplesModel implements IDisposable {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {}

  /** Names it in the page, for the ids of its rows. */
  get key(): string {
    return `samples-${this.dataset}`;
  }

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

  /** The row that is shown whole. */
  get chosen(): number | null {
    return this._chosen;
  }

  get sample(): Sample | null {
    return this._sample;
  }

  get sampleError(): ApiError | null {
    return this._sampleError;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The sample at this row, if its page is here; else it is fetched. */
  at(row: number): SampleHead | null {
    const page = Math.floor(row / PAGE);
    const heads = this.pages.get(page);
    if (heads) {
      // Looked at last: dropped last.
      this.pages.delete(page);
      this.pages.set(page, heads);
      return heads[row - page * PAGE] ?? null;
    }
    return null;
  }

  /** Fetch what is missing of these rows. */
  want(first: number, last: number): void {
    for (
      let page = Math.floor(first / PAGE);
      page <= Math.floor(last / PAGE);
      page++
    ) {
      if (
        !this.pages.has(page) &&
        !this.asked.has(page) &&
        page * PAGE < this._total
      ) {
        void this.load(page);
      }
    }
  }

  /** Show the section that holds this row. */
  goTo(row: number): void {
    const start =
      Math.floor(Math.max(0, Math.min(row, this._total - 1)) / SECTION) *
      SECTION;
    if (start !== this._start) {
      this._start = start;
      this._changed.emit();
    }
  }

  async choose(row: number): Promise<void> {
    this._chosen = row;
    this._sampleError = null;
    this._changed.emit();
    try {
      const sample = await this.client.get('/datasets/{id}/samples/{row}', {
        path: { id: this.dataset, row }
      });
      if (this._chosen === row) {
        this._sample = sample;
      }
    } catch (thrown) {
      if (this._chosen === row) {
        this._sample = null;
        this._sampleError = ApiError.from(thrown);
      }
    }
    this.emit();
  }

  close(): void {
    this._chosen = null;
    this._sample = null;
    this._sampleError = null;
    this._changed.emit();
  }

  retry(): void {
    this._error = null;
    this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
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
    this.emit();
  }

  private forgetOld(): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= KEPT) {
        return;
      }
      this.pages.delete(page);
    }
  }

  private emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _chosen: number | null = null;
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _sample: Sample | null = null;
  private _sampleError: ApiError | null = null;
  private _start = 0;
  private _total = 0;
  private readonly asked = new Set<number>();
  private readonly pages = new Map<number, SampleHead[]>();
}
