import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import { control } from '../api/controls';
import { ApiError } from '../api/errors';
import type { EventStream } from '../api/events';
import type { Job, JobAction, Progress, StudioEvent } from '../api/types';
import { inOrder, isAlive, isFinal } from './order';

/** With more changed jobs than this, the whole list is cheaper. */
const MANY = 10;
/** Memory and silence of running jobs come with no event. */
const LOOK_EVERY = 5_000;

/** All jobs of the workspace, kept up to date by its events. */
export class JobsModel implements IDisposable {
  constructor(options: JobsModel.IOptions) {
    this._client = options.client;
    this._events = options.events;
    this._events.received.connect(this._onEvents, this);
    this._events.restarted.connect(this.refresh, this);
    this._events.stateChanged.connect(this._onConnection, this);
    this._look = new Poll({
      auto: false,
      name: 'mistudio:jobs',
      factory: () => this._lookAtRunning(),
      frequency: { interval: LOOK_EVERY, backoff: true },
      standby: 'when-hidden'
    });
    this.refresh();
  }

  get changed(): ISignal<JobsModel, void> {
    return this._changed;
  }

  /** A job came to its end, or was interrupted, after it was seen at work here. */
  get ended(): ISignal<JobsModel, Job> {
    return this._ended;
  }

  /** In the order of the list. */
  get jobs(): readonly Job[] {
    this._ordered ??= inOrder(this._jobs.values());
    return this._ordered;
  }

  get running(): readonly Job[] {
    return this.jobs.filter(isAlive);
  }

  /** How many there are on the server; more than `jobs` when it is a great many. */
  get total(): number {
    return Math.max(this._total, this._jobs.size);
  }

  /** Whether the list has come at all. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** How many are asked for at the most. */
  get limit(): number {
    return this._limit;
  }

  set limit(limit: number) {
    if (limit !== this._limit) {
      this._limit = limit;
      this.refresh();
    }
  }

  /** Whether somebody looks at the details of running jobs. */
  set isActive(active: boolean) {
    void (active ? this._look.start() : this._look.stop());
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get(id: string): Job | undefined {
    return this._jobs.get(id);
  }

  /** Ask for all of it again. */
  refresh(): void {
    this._all = true;
    void this._update();
  }

  /** Do something to a job; gives it as it is then, or the new one of a retry. */
  async act(id: string, action: JobAction): Promise<Job> {
    const job = await control(this._client, id, action);
    this._put(job);
    this._tell();
    return job;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._look.dispose();
      Signal.clearData(this);
    }
  }

  private _onEvents(_: EventStream, events: StudioEvent[]): void {
    let patched = false;
    for (const event of events) {
      if (event.topic !== 'jobs') {
        continue;
      }
      if (event.type === 'state') {
        this._stale.add(event.object);
      } else if (event.type === 'progress' && event.data) {
        const progress = event.data as unknown as Progress;
        patched = this._patch(event.object, progress) || patched;
      }
    }
    if (patched) {
      this._tell();
    }
    void this._update();
  }

  private _onConnection(): void {
    // What failed while the server was away is asked again.
    if (this._events.state === 'live' || this._events.state === 'polling') {
      void this._update();
    }
    this._changed.emit();
  }

  /** Bring what is stale up to date; one at a time, so that answers cannot cross. */
  private async _update(): Promise<void> {
    if (this._isBusy) {
      return;
    }
    this._isBusy = true;
    try {
      while (!this._isDisposed && (this._all || this._stale.size)) {
        const all = this._all || this._stale.size > MANY;
        const ids = [...this._stale];
        this._all = false;
        this._stale.clear();
        await (all ? this._loadAll() : this._loadSome(ids));
        this._error = null;
        this._tell();
      }
    } catch (thrown) {
      this._all = true;
      this._error = ApiError.from(thrown);
      this._tell();
    } finally {
      this._isBusy = false;
    }
  }

  private async _loadAll(): Promise<void> {
    const list = await this._client.get('/jobs', {
      query: { limit: this._limit }
    });
    const found = new Set(list.jobs.map(job => job.id));
    for (const id of this._jobs.keys()) {
      if (!found.has(id)) {
        this._jobs.delete(id);
      }
    }
    list.jobs.forEach(job => this._put(job));
    this._total = list.total;
    this._isLoaded = true;
  }

  private async _loadSome(ids: string[]): Promise<void> {
    await Promise.all(ids.map(id => this._loadOne(id)));
    // A job that starts or ends moves all that wait behind it.
    const waiting = [...this._jobs.values()].some(job => job.place !== null);
    if (waiting) {
      const list = await this._client.get('/jobs', {
        query: { state: 'queued', limit: this._limit }
      });
      list.jobs.forEach(job => this._put(job));
    }
  }

  private async _loadOne(id: string): Promise<void> {
    try {
      const job = await this._client.get('/jobs/{id}', { path: { id } });
      const isNew = !this._jobs.has(id);
      if (isNew) {
        this._total++;
      }
      this._put(job, isNew);
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.code === 'not_found')) {
        throw thrown;
      }
      this._jobs.delete(id);
    }
  }

  private async _lookAtRunning(): Promise<void> {
    const count = this.running.length;
    if (count) {
      // Running ones come first in the server's order.
      const list = await this._client.get('/jobs', { query: { limit: count } });
      list.jobs.forEach(job => this._put(job));
      this._tell();
    }
  }

  private _patch(id: string, progress: Progress): boolean {
    const job = this._jobs.get(id);
    if (!job || isFinal(job)) {
      return false;
    }
    this._jobs.set(id, { ...job, progress });
    return true;
  }

  /** `isNew`: an event told of it, and it can have ended before anybody looked. */
  private _put(job: Job, isNew = false): void {
    const before = this._jobs.get(job.id);
    this._jobs.set(job.id, job);
    const worked = before
      ? isAlive(before) || before.state === 'queued'
      : isNew;
    if (worked && (isFinal(job) || job.state === 'interrupted')) {
      this._ended.emit(job);
    }
  }

  private _tell(): void {
    this._ordered = null;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _all = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _client: Client;
  private readonly _ended = new Signal<this, Job>(this);
  private _error: ApiError | null = null;
  private readonly _events: EventStream;
  private _isBusy = false;
  private _isDisposed = false;
  private _isLoaded = false;
  private readonly _jobs = new Map<string, Job>();
  private _limit = 1000;
  private readonly _look: Poll;
  private _ordered: readonly Job[] | null = null;
  private readonly _stale = new Set<string>();
  private _total = 0;
}

export namespace JobsModel {
  export interface IOptions {
    client: Client;
    events: EventStream;
  }
}
