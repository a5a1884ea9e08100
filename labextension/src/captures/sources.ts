import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import { ApiError } from '../api/errors';
import type { EventStream } from '../api/events';
import type {
  Dataset,
  Model,
  StudioEvent,
  Tokenization,
  Topic
} from '../api/types';

/** Events of one action come together; they are answered by one question. */
const SETTLE = 200;
const TOPICS: readonly Topic[] = ['models', 'datasets', 'tokenizations'];

/** What captures are made of, kept while anybody looks. */
export class Sources implements IDisposable {
  constructor(options: Sources.IOptions) {
    this.client = options.client;
    this.events = options.events;
    this.settle = new Debouncer(() => this.refresh(), options.settle ?? SETTLE);
    this.events.received.connect(this.onEvents, this);
    this.events.restarted.connect(this.onRestarted, this);
    this.events.stateChanged.connect(this.ask, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get models(): readonly Model[] {
    return this._models;
  }

  get tokenizations(): readonly Tokenization[] {
    return this._tokenizations;
  }

  get datasets(): readonly Dataset[] {
    return this._datasets;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  model(id: unknown): Model | undefined {
    return this._models.find(each => each.id === id);
  }

  tokenization(id: unknown): Tokenization | undefined {
    return this._tokenizations.find(each => each.id === id);
  }

  dataset(id: unknown): Dataset | undefined {
    return this._datasets.find(each => each.id === id);
  }

  setWatching(watcher: object, watching: boolean): void {
    if (watching) {
      this.watchers.add(watcher);
      this.ask();
    } else {
      this.watchers.delete(watcher);
    }
  }

  async refresh(): Promise<void> {
    this.isStale = false;
    try {
      const [{ models }, { tokenizations }, { datasets }] = await Promise.all([
        this.client.get('/models'),
        this.client.get('/tokenizations'),
        this.client.get('/datasets')
      ]);
      this._models = models;
      this._tokenizations = tokenizations;
      this._datasets = datasets;
      this._isLoaded = true;
      this._error = null;
    } catch (thrown) {
      this.isStale = true;
      this._error = ApiError.from(thrown);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.events.received.disconnect(this.onEvents, this);
      this.events.restarted.disconnect(this.onRestarted, this);
      this.events.stateChanged.disconnect(this.ask, this);
      this.settle.dispose();
      Signal.clearData(this);
    }
  }

  private onEvents(_: EventStream, events: StudioEvent[]): void {
    // A job's end makes something ready, or failed.
    this.isStale ||= events.some(
      ({ topic, type }) =>
        TOPICS.includes(topic) || (topic === 'jobs' && type === 'state')
    );
    this.ask();
  }

  private onRestarted(): void {
    this.isStale = true;
    this.ask();
  }

  private ask(): void {
    if (this.isStale && this.watchers.size && this.events.state !== 'offline') {
      void this.settle.invoke();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _datasets: readonly Dataset[] = [];
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _isLoaded = false;
  private _models: readonly Model[] = [];
  private _tokenizations: readonly Tokenization[] = [];
  private readonly client: Client;
  private readonly events: EventStream;
  private isStale = true;
  private readonly settle: Debouncer<void>;
  private readonly watchers = new Set<object>();
}

export namespace Sources {
  export interface IOptions {
    client: Client;
    events: EventStream;
    /** Milliseconds that events are collected before the server is asked. */
    settle?: number;
  }
}
