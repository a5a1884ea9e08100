import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import { control } from '../api/controls';
import { ApiError } from '../api/errors';
import type { EventStream } from '../api/events';
import type {
  AddDataset,
  ArrangeDataset,
  CleanDataset,
  Dataset,
  DeletePlan,
  EditObject,
  Job,
  JobAction,
  Progress,
  Started,
  StudioEvent,
  Tokenization,
  TokenizeDataset
} from '../api/types';

/** Events of one action come together; they are answered by one question. */
const SETTLE = 100;
/** Asking for more objects one by one than this costs more than asking for all. */
const FEW = 4;

export type DatasetObject = Dataset | Tokenization;

export function isDataset(object: DatasetObject): object is Dataset {
  return 'source' in object;
}

/** All datasets and tokenizations, kept as the server has them while anybody looks. */
export class DatasetsModel implements IDisposable {
  constructor(options: DatasetsModel.IOptions) {
    this.client = options.client;
    this.events = options.events;
    this.settle = new Debouncer(() => this.catchUp(), options.settle ?? SETTLE);
    this.events.received.connect(this.onEvents, this);
    this.events.restarted.connect(this.onRestarted, this);
    this.events.stateChanged.connect(this.onConnection, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Objects that are there no more; their documents close. */
  get deleted(): ISignal<this, readonly string[]> {
    return this._deleted;
  }

  get datasets(): readonly Dataset[] {
    return this._datasets;
  }

  get tokenizations(): readonly Tokenization[] {
    return this._tokenizations;
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

  find(id: string): DatasetObject | undefined {
    return this.dataset(id) ?? this._tokenizations.find(each => each.id === id);
  }

  dataset(id: string): Dataset | undefined {
    return this._datasets.find(each => each.id === id);
  }

  tokenizationsOf(dataset: string): Tokenization[] {
    return this._tokenizations.filter(each => each.parent === dataset);
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
      const [{ datasets }, { tokenizations }] = await Promise.all([
        this.client.get('/datasets'),
        this.client.get('/tokenizations')
      ]);
      if (this._isDisposed) {
        return;
      }
      this.replace(datasets, tokenizations);
      this._loaded = true;
      this._error = null;
    } catch (thrown) {
      this.stale.all = true;
      this._error = ApiError.from(thrown);
    }
    this._changed.emit();
  }

  /** The dataset of a tokenization that may not be listed yet. */
  async parentOf(tokenization: string): Promise<string> {
    return (
      await this.client.get('/tokenizations/{id}', {
        path: { id: tokenization }
      })
    ).parent;
  }

  add(params: Partial<AddDataset>): Promise<Started> {
    return this.client.post('/datasets', { body: params });
  }

  tokenize(id: string, params: Partial<TokenizeDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/tokenizations', {
      path: { id },
      body: params
    });
  }

  clean(id: string, params: Partial<CleanDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/clean', {
      path: { id },
      body: params
    });
  }

  arrange(id: string, params: Partial<ArrangeDataset>): Promise<Started> {
    return this.client.post('/datasets/{id}/arrange', {
      path: { id },
      body: params
    });
  }

  async edit(
    object: DatasetObject,
    changes: Partial<EditObject>
  ): Promise<void> {
    const path = { id: object.id };
    this.put(
      isDataset(object)
        ? await this.client.patch('/datasets/{id}', { path, body: changes })
        : await this.client.patch('/tokenizations/{id}', {
            path,
            body: changes
          })
    );
    this._changed.emit();
  }

  plan(object: DatasetObject): Promise<DeletePlan> {
    const path = { id: object.id };
    return isDataset(object)
      ? this.client.get('/datasets/{id}/delete-plan', { path })
      : this.client.get('/tokenizations/{id}/delete-plan', { path });
  }

  /** Delete it with all that was agreed to; more than that is refused by the server. */
  async remove(object: DatasetObject, agreed: string[]): Promise<void> {
    // With its own id in it the list is never empty: left out, it would agree to everything.
    const asked = {
      path: { id: object.id },
      query: { agreed: [object.id, ...agreed] }
    };
    const { ids } = isDataset(object)
      ? await this.client.delete('/datasets/{id}', asked)
      : await this.client.delete('/tokenizations/{id}', asked);
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
    if (type === 'deleted') {
      this.drop([object]);
    } else if (type === 'created') {
      // The dataset's own count of tokenizations changes too.
      this.stale.all = true;
    } else if (topic === 'datasets' || topic === 'tokenizations') {
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
      const path = { id };
      this.put(
        isDataset(known)
          ? await this.client.get('/datasets/{id}', { path })
          : await this.client.get('/tokenizations/{id}', { path })
      );
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

  private put(object: DatasetObject): void {
    if (isDataset(object)) {
      this._datasets = this._datasets.map(each =>
        each.id === object.id ? object : each
      );
    } else {
      this._tokenizations = this._tokenizations.map(each =>
        each.id === object.id ? object : each
      );
    }
  }

  private replace(datasets: Dataset[], tokenizations: Tokenization[]): void {
    const there = new Set([...datasets, ...tokenizations].map(each => each.id));
    const gone = this.all()
      .map(each => each.id)
      .filter(id => !there.has(id));
    this._datasets = datasets;
    this._tokenizations = tokenizations;
    if (gone.length) {
      this._deleted.emit(gone);
    }
  }

  private drop(ids: readonly string[]): void {
    const gone = ids.filter(id => this.find(id));
    if (!gone.length) {
      return;
    }
    const stays = (each: DatasetObject) => !gone.includes(each.id);
    for (const { parent } of this._tokenizations.filter(each => !stays(each))) {
      this.stale.ids.add(parent);
    }
    this._datasets = this._datasets.filter(stays);
    this._tokenizations = this._tokenizations.filter(stays);
    this._deleted.emit(gone);
    this._changed.emit();
  }

  private ofJob(job: string): DatasetObject | undefined {
    return this.all().find(each => each.job?.id === job);
  }

  private all(): DatasetObject[] {
    return [...this._datasets, ...this._tokenizations];
  }

  private readonly _changed = new Signal<this, void>(this);
  private _datasets: readonly Dataset[] = [];
  private readonly _deleted = new Signal<this, readonly string[]>(this);
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _loaded = false;
  private _tokenizations: readonly Tokenization[] = [];
  private readonly client: Client;
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

export namespace DatasetsModel {
  export interface IOptions {
    client: Client;
    events: EventStream;
    /** Milliseconds that events are collected before the server is asked. */
    settle?: number;
  }
}
