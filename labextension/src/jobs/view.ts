import { Signal, type ISignal } from '@lumino/signaling';
import type { Job } from '../api/types';
import type { IMemory } from '../tokens';
import { GROUPS, groupOf, matches, type JobGroup } from './order';

const KEY = 'jobs';

interface IKept {
  group: JobGroup;
  query: string;
  selected: string | null;
  open: string[];
  scroll: number;
}

/** Where the reader is in the list of jobs: kept over a reload. */
export class JobsView {
  constructor(private readonly _memory: IMemory) {
    this.ready = this._restore();
  }

  /** Settles when what was kept is there again. */
  readonly ready: Promise<void>;

  get isReady(): boolean {
    return this._isReady;
  }

  get changed(): ISignal<JobsView, void> {
    return this._changed;
  }

  get group(): JobGroup {
    return this._kept.group;
  }

  get query(): string {
    return this._kept.query;
  }

  /** Grows when the words were taken away from outside their field, which must follow. */
  get filterEdition(): number {
    return this._filterEdition;
  }

  get selected(): string | null {
    return this._kept.selected;
  }

  get scroll(): number {
    return this._kept.scroll;
  }

  isOpen(id: string): boolean {
    return this._kept.open.includes(id);
  }

  choose(group: JobGroup): void {
    this._set({ group, scroll: 0 });
  }

  search(query: string): void {
    this._set({ query });
  }

  /** Show all jobs. */
  clearFilter(): void {
    this._filterEdition++;
    this._set({ group: 'all', query: '', scroll: 0 });
  }

  select(id: string | null): void {
    if (id !== this._kept.selected) {
      this._set({ selected: id });
    }
  }

  setOpen(id: string, open: boolean): void {
    if (open !== this.isOpen(id)) {
      const others = this._kept.open.filter(each => each !== id);
      this._set({ open: open ? [...others, id] : others });
    }
  }

  /** Remember the place; nothing is drawn for it. */
  keepScroll(scroll: number): void {
    this._kept = { ...this._kept, scroll };
    this._memory.save(KEY, this._kept);
  }

  shows(job: Job): boolean {
    const { group, query } = this._kept;
    return (group === 'all' || groupOf(job) === group) && matches(job, query);
  }

  private async _restore(): Promise<void> {
    const kept = await this._memory
      .load<Partial<IKept>>(KEY)
      .catch(() => undefined);
    if (kept) {
      this._kept = { ...this._kept, ...kept };
      if (!GROUPS.includes(this._kept.group)) {
        this._kept.group = 'all';
      }
    }
    this._isReady = true;
    this._changed.emit();
  }

  private _set(part: Partial<IKept>): void {
    this._kept = { ...this._kept, ...part };
    this._memory.save(KEY, this._kept);
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _filterEdition = 0;
  private _isReady = false;
  private _kept: IKept = {
    group: 'all',
    query: '',
    selected: null,
    open: [],
    scroll: 0
  };
}
