import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { control } from '../../api/controls';
import { ApiError } from '../../api/errors';
import type { EventStream } from '../../api/events';
import type {
  DeletePlan,
  EditObject,
  Job,
  JobAction,
  Progress,
  StudioEvent,
  Topic
} from '../../api/types';
import type { IRecord } from './record';

/** Events of one action come together; they are answered by one question. */
const SETTLE = 100;
/** Asking for more objects one by one than this costs more than asking for all. */
const FEW = 4;

/** What the objects of one kind are asked with. */
export interface IAsked {
  path: { id: string };
}

/** What a delete is asked with: all that may go. */
export interface IAgreed extends IAsked {
  query: { agreed: string[] };
}

/** All objects of a kind with those made of them, kept as the server has them while anybody looks. */
export abstract class ObjectsModel<
  Head extends IRecord,
  Nested extends IRecord
> implements IDisposable {
  constructor(options: ObjectsModel.IOptions) {
    this.client = options.client;
    this.events = options.events;
    this.settle = new Debouncer(() => this.catchUp(), options.settle ?? SETTLE);
    this.events.received.connect(this.onEvents, this);
    this.events.restarted.connect(this.onRestarted, this);
    this.events.stateChanged.connect(this.onConnection, this);
  }

  /** Whose events tell of these objects. */
  protected abstract readonly topics: readonly Topic[];

  abstract isHead(object: Head | Nested): object is Head;
  /** The object that this one is shown under. */
  abstract parentIdOf(nested: Nested): string;
  /** What a filter looks at. */
  abstract textsOf(object: Head | Nested): string[];
  abstract plan(object: Head | Nested): Promise<DeletePlan>;

  protected abstract askAll(): Promise<[Head[], Nested[]]>;
  protected abstract askOne(
    object: Head | Nested,
    asked: IAsked
  ): Promise<Head | Nested>;
  protected abstract askEdit(
    object: Head | Nested,
    asked: IAsked & { body: Partial<EditObject> }
  ): Promise<Head | Nested>;
  protected abstract askDelete(
    object: Head | Nested,
    asked: IAgreed
  ): Promise<{ ids: string[] }>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Objects that are there no more; their documents close. */
  get deleted(): ISignal<this, readonly string[]> {
    return this._deleted;
  }

  get heads(): readonly Head[] {
    return this._heads;
  }

  get nested(): readonly Nested[] {
    return this._nested;
  }

  /** Nothing has been heard from the server yet. */
  get isLoading(): boolean {
    return !this._loaded && this._error === null;
  }

  get isLoaded(): boolean {
    return this._loaded;
  }

  /** Why what is shown may be out of date. */
  get error(): ApiError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  find(id: string): Head | Nested | undefined {
    return this.head(id) ?? this._nested.find(each => each.id === id);
  }

  head(id: string): Head | undefined {
    return this._heads.find(each => each.id === id);
  }

  nestedOf(head: string): Nested[] {
    return this._nested.filter(each => this.parentIdOf(each) === head);
  }

  /** While nobody watches, nothing is asked; the first to come catches up. */
  setWatching(watcher: object, watching: boolean): void {
    if (watching) {
      this.watchers.add(watcher);
      this.ask();
    } else {
      this.watchers.delete(watcher);
    }
  }

  async refresh(): Promise<void> {
    this.stale = nothingStale();
    try {
      const [heads, nested] = await this.askAll();
      if (this._isDisposed) {
        return;
      }
      this.replace(heads, nested);
      this._loaded = true;
      this._error = null;
    } catch (thrown) {
      this.stale.all = true;
      this._error = ApiError.from(thrown);
    }
    this._changed.emit();
  }

  /** Ask for one again: what it tells of itself while it works comes with no event. */
  async renew(id: string): Promise<void> {
    await this.reload(id);
    this._changed.emit();
  }

  async edit(
    object: Head | Nested,
    changes: Partial<EditObject>
  ): Promise<void> {
    const asked = { path: { id: object.id }, body: changes };
    this.put(await this.askEdit(object, asked));
    this._changed.emit();
  }

  /** Delete it with all that was agreed to; more than that is refused by the server. */
  async remove(object: Head | Nested, agreed: string[]): Promise<void> {
    // With its own id in it the list is never empty: left out, it would agree to everything.
    const { ids } = await this.askDelete(object, {
      path: { id: object.id },
      query: { agreed: [object.id, ...agreed] }
    });
    this.drop(ids);
  }

  async control(job: Job, action: JobAction): Promise<void> {
    const answer = await control(this.client, job.id, action);
    const object = this.find(answer.object);
    if (object) {
      this.put({ ...object, job: answer });
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.events.received.disconnect(this.onEvents, this);
      this.events.restarted.disconnect(this.onRestarted, this);
      this.events.stateChanged.disconnect(this.onConnection, this);
      this.settle.dispose();
      Signal.clearData(this);
    }
  }

  private onRestarted(): void {
    this.stale.all = true;
    this.ask();
  }

  /** What could not be asked while the server was away is asked now. */
  private onConnection(): void {
    if (this.events.state !== 'offline') {
      this.ask();
    }
  }

  private onEvents(_: EventStream, events: StudioEvent[]): void {
    let drawn = false;
    for (const event of events) {
      if (event.topic !== 'jobs') {
        this.noteChange(event);
      } else if (event.type === 'progress' && event.data) {
        drawn =
          this.patchProgress(event.object, event.data as unknown as Progress) ||
          drawn;
      } else if (event.type === 'state') {
        this.noteJob(event.object);
      }
    }
    if (drawn && this.watchers.size) {
      this._changed.emit();
    }
    this.ask();
  }

  private noteChange({ type, object, topic }: StudioEvent): void {
    if (!this.topics.includes(topic)) {
      return;
    }
    if (type === 'deleted') {
      this.drop([object]);
    } else if (type === 'created') {
      // What it was made of may count it too.
      this.stale.all = true;
    } else {
      this.stale.ids.add(object);
    }
  }

  private noteJob(job: string): void {
    const object = this.ofJob(job);
    if (object) {
      this.stale.ids.add(object.id);
    } else {
      // A retry is a new job on an object that we know; a job of another domain is none of ours.
      this.stale.jobs.add(job);
    }
  }

  private patchProgress(job: string, progress: Progress): boolean {
    const object = this.ofJob(job);
    if (!object?.job) {
      return false;
    }
    this.put({ ...object, job: { ...object.job, progress } });
    return true;
  }

  private ask(): void {
    const { all, ids, jobs } = this.stale;
    if (this.watchers.size && (all || ids.size || jobs.size)) {
      void this.settle.invoke();
    }
  }

  private async catchUp(): Promise<void> {
    if (this._isDisposed || !this.watchers.size) {
      return;
    }
    const { all, ids, jobs } = this.stale;
    if (all || ids.size > FEW || jobs.size > FEW || !this._loaded) {
      await this.refresh();
      return;
    }
    this.stale = nothingStale();
    const found = await Promise.all([...jobs].map(job => this.objectOf(job)));
    const wanted = new Set([...ids, ...found.flatMap(id => id ?? [])]);
    await Promise.all([...wanted].map(id => this.reload(id)));
    if (wanted.size) {
      this._changed.emit();
    }
  }

  private async objectOf(job: string): Promise<string | null> {
    try {
      return (await this.client.get('/jobs/{id}', { path: { id: job } }))
        .object;
    } catch {
      return null;
    }
  }

  private async reload(id: string): Promise<void> {
    const known = this.find(id);
    if (!known) {
      return;
    }
    try {
      this.put(await this.askOne(known, { path: { id } }));
      this._error = null;
    } catch (thrown) {
      const error = ApiError.from(thrown);
      if (error.status === 404 && !error.isConnection) {
        this.drop([id]);
      } else {
        this.stale.ids.add(id);
        this._error = error;
      }
    }
  }

  private put(object: Head | Nested): void {
    if (this.isHead(object)) {
      this._heads = this._heads.map(each =>
        each.id === object.id ? object : each
      );
    } else {
      this._nested = this._nested.map(each =>
        each.id === object.id ? object : each
      );
    }
  }

  private replace(heads: Head[], nested: Nested[]): void {
    const there = new Set([...heads, ...nested].map(each => each.id));
    const gone = this.all()
      .map(each => each.id)
      .filter(id => !there.has(id));
    this._heads = heads;
    this._nested = nested;
    if (gone.length) {
      this._deleted.emit(gone);
    }
  }

  private drop(ids: readonly string[]): void {
    const gone = ids.filter(id => this.find(id));
    if (!gone.length) {
      return;
    }
    const stays = (each: IRecord) => !gone.includes(each.id);
    for (const nested of this._nested.filter(each => !stays(each))) {
      this.stale.ids.add(this.parentIdOf(nested));
    }
    this._heads = this._heads.filter(stays);
    this._nested = this._nested.filter(stays);
    this._deleted.emit(gone);
    this._changed.emit();
  }

  private ofJob(job: string): Head | Nested | undefined {
    return this.all().find(each => each.job?.id === job);
  }

  private all(): (Head | Nested)[] {
    return [...this._heads, ...this._nested];
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _deleted = new Signal<this, readonly string[]>(this);
  private _error: ApiError | null = null;
  private _heads: readonly Head[] = [];
  private _isDisposed = false;
  private _loaded = false;
  private _nested: readonly Nested[] = [];
  protected readonly client: Client;
  private readonly events: EventStream;
  private readonly settle: Debouncer<void>;
  private stale: IStale = { ...nothingStale(), all: true };
  private readonly watchers = new Set<object>();
}

/** What the server must be asked about when next somebody looks. */
interface IStale {
  all: boolean;
  ids: Set<string>;
  /** Jobs that none of our objects is known to have. */
  jobs: Set<string>;
}

function nothingStale(): IStale {
  return { all: false, ids: new Set(), jobs: new Set() };
}

export namespace ObjectsModel {
  export interface IOptions {
    client: Client;
    events: EventStream;
    /** Milliseconds that events are collected before the server is asked. */
    settle?: number;
  }
}
