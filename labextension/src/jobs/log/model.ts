import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { EventStream } from '../../api/events';
import type { LogLevel, LogLine, StudioEvent } from '../../api/types';

const PAGE = 5_000;

/** From so bad a level on lines are shown. */
export const LEVELS = ['info', 'warning', 'error'] as const;

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

  /** The lowest level that is shown. */
  get level(): LogLevel {
    return this._level;
  }

  set level(level: LogLevel) {
    this._level = level;
    this._choose(this._lines, []);
    this._changed.emit();
  }

  /** What lines that are shown have in them. */
  get search(): string {
    return this._search;
  }

  set search(search: string) {
    this._search = search;
    this._choose(this._lines, []);
    this._changed.emit();
  }

  /** The lines of this level with this text in them. */
  get shown(): readonly LogLine[] {
    return this._shown;
  }

  /** How many lines are of this level or a worse one. */
  count(level: LogLevel): number {
    const least = LEVELS.indexOf(level);
    return this._lines.filter(each => LEVELS.indexOf(each.level) >= least)
      .length;
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
        this._choose(lines, this._shown);
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

  /** Of these lines those that are shown, behind others. */
  private _choose(lines: readonly LogLine[], before: readonly LogLine[]): void {
    const least = LEVELS.indexOf(this._level);
    const wanted = this._search.toLowerCase();
    const found = lines.filter(
      ({ level, text }) =>
        LEVELS.indexOf(level) >= least && text.toLowerCase().includes(wanted)
    );
    this._shown = [...before, ...found];
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _isLoaded = false;
  private _isWanted = false;
  private _level: LogLevel = 'info';
  private _loading: Promise<void> | null = null;
  private _lines: readonly LogLine[] = [];
  private _search = '';
  private _shown: readonly LogLine[] = [];
}
