import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { EventStream } from '../../api/events';
import type { LogLine, StudioEvent } from '../../api/types';

const PAGE = 5_000;

/** The lines of one job's log, as they come. */
export class LogModel implements IDisposable {
  constructor(
    private readonly _client: Client,
    private readonly _events: EventStream,
    readonly job: string
  ) {
    this._events.received.connect(this._onEvents, this);
    this._events.restarted.connect(this._onRestarted, this);
    this._events.stateChanged.connect(this._onConnection, this);
    void this.load();
  }

  get changed(): ISignal<LogModel, void> {
    return this._changed;
  }

  get lines(): readonly LogLine[] {
    return this._lines;
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

  /** Ask for the lines that are not here yet. One at a time: two answers must not bring the same. */
  load(): Promise<void> {
    this._isWanted = true;
    this._loading ??= this._load().finally(() => {
      this._loading = null;
    });
    return this._loading;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _onEvents(_: EventStream, events: StudioEvent[]): void {
    const ours = events.some(
      event =>
        event.object === this.job &&
        (event.type === 'log' || event.type === 'state')
    );
    if (ours) {
      void this.load();
    }
  }

  private _onRestarted(): void {
    void this.load();
  }

  private _onConnection(): void {
    if (this._error && this._events.state !== 'offline') {
      void this.load();
    }
  }

  private async _load(): Promise<void> {
    try {
      while (this._isWanted && !this._isDisposed) {
        this._isWanted = false;
        const { lines, total } = await this._client.get('/jobs/{id}/log', {
          path: { id: this.job },
          query: { since: this._lines.length, limit: PAGE }
        });
        this._lines = [...this._lines, ...lines];
        this._isWanted ||= lines.length > 0 && this._lines.length < total;
        this._isLoaded = true;
        this._error = null;
        this._changed.emit();
      }
    } catch (thrown) {
      this._error = ApiError.from(thrown);
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _isLoaded = false;
  private _isWanted = false;
  private _loading: Promise<void> | null = null;
  private _lines: readonly LogLine[] = [];
}
