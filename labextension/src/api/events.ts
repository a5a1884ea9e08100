import { Poll } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from './client';
import { ApiError } from './errors';
import { EventSocket } from './socket';
import type { EventPage, StudioEvent } from './types';

/** How events come in just now. */
export type StreamState = 'connecting' | 'live' | 'polling' | 'offline';

const FIRST_DELAY = 500;
const LAST_DELAY = 10_000;
/** The socket gets this long before polling takes over. */
const GRACE = 1_000;
const PAGE = 500;

/**
 * Every event of the workspace, once and in order, whatever the connection does.
 *
 * A websocket carries them. After a break it goes on from the last number that
 * arrived; meanwhile polling asks for the same. What both bring counts once.
 */
export class EventStream implements IDisposable {
  constructor(options: EventStream.IOptions) {
    this._client = options.client;
    this._interval = options.pollInterval ?? 2_000;
    this._poll = new Poll({
      auto: false,
      name: 'mistudio:events',
      factory: () => this._ask(),
      frequency: { interval: this._interval, backoff: 1.5, max: LAST_DELAY },
      standby: 'when-hidden'
    });
    window.addEventListener('online', this._hurry);
    document.addEventListener('visibilitychange', this._hurry);
    this._connect();
    this._takeOver();
  }

  /** Every event number once and in order. */
  get received(): ISignal<EventStream, StudioEvent[]> {
    return this._received;
  }

  get stateChanged(): ISignal<EventStream, StreamState> {
    return this._stateChanged;
  }

  /**
   * Events are told from here on: what is known from before may be out of
   * date. At the start, and when the server has another workspace than before.
   */
  get restarted(): ISignal<EventStream, void> {
    return this._restarted;
  }

  get state(): StreamState {
    return this._state;
  }

  /** Why nothing comes in, while it is offline. */
  get problem(): ApiError | null {
    return this._problem;
  }

  /** Number of the last event that was told; -1 before the first answer. */
  get lastNumber(): number {
    return this._last;
  }

  get pollInterval(): number {
    return this._interval;
  }

  set pollInterval(milliseconds: number) {
    this._interval = milliseconds;
    this._poll.frequency = { ...this._poll.frequency, interval: milliseconds };
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Do not wait for the next attempt. */
  retry(): void {
    this._reconnect();
    void this._poll.refresh();
  }

  /** Forget the numbers and follow from now on, as at the start. */
  restart(): void {
    this._last = -1;
    this._reconnect();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.removeEventListener('online', this._hurry);
    document.removeEventListener('visibilitychange', this._hurry);
    clearTimeout(this._timer);
    this._poll.dispose();
    this._socket?.dispose();
    Signal.clearData(this);
  }

  private _connect(): void {
    this._socketAt = this._last;
    const query = this._last < 0 ? {} : { since: this._last };
    this._socket?.dispose();
    this._socket = new EventSocket({
      url: this._client.socketUrl('events', query),
      WebSocket: this._client.settings.WebSocket,
      onMessage: page => this._onMessage(page),
      onEnd: () => this._onEnd()
    });
  }

  private _reconnect(): void {
    clearTimeout(this._timer);
    this._attempts = 0;
    this._lose();
    this._connect();
  }

  private _onMessage(page: EventPage): void {
    this._attempts = 0;
    this._poll.stop().catch(() => undefined);
    this._problem = null;
    const { events, last } = page;
    const at = this._socketAt;
    this._socketAt = last;
    // It says where we stand by its own count; polling may have got further.
    if (at < 0 || last < at || (!events.length && last !== at)) {
      this._beginAt(last);
    } else {
      this._take(events);
    }
    this._setState('live');
  }

  private _onEnd(): void {
    if (this._isDisposed) {
      return;
    }
    this._lose();
    // Jitter, so that a hundred tabs do not come back in the same instant.
    const delay = Math.min(FIRST_DELAY * 2 ** this._attempts, LAST_DELAY);
    this._attempts++;
    clearTimeout(this._timer);
    this._timer = window.setTimeout(
      () => this._connect(),
      delay * (0.75 + Math.random() / 4)
    );
  }

  private _lose(): void {
    if (this._state === 'live') {
      this._setState('connecting');
      this._takeOver();
    }
  }

  /** Let polling begin, unless the socket comes within the time of grace. */
  private _takeOver(): void {
    void this._poll.schedule({ phase: 'started', interval: GRACE });
  }

  /** One round of polling; a full page is followed by the next at once. */
  private async _ask(): Promise<void> {
    try {
      let page: EventPage;
      do {
        const asked = this._last;
        const first = asked < 0;
        page = await this._client.get('/events/since', {
          query: first ? { id: 0, limit: 1 } : { id: asked, limit: PAGE }
        });
        if (this._isDisposed || this._state === 'live') {
          return;
        }
        if (first || page.last < asked) {
          this._beginAt(page.last);
          break;
        }
        this._take(page.events);
      } while (page.events.length === PAGE && this._last < page.last);
      this._problem = null;
      this._setState('polling');
    } catch (thrown) {
      if (!this._isDisposed && this._state !== 'live') {
        this._problem = ApiError.from(thrown);
        this._setState('offline');
      }
      throw thrown;
    }
  }

  /** The first answer, or another workspace: what was before does not count. */
  private _beginAt(number: number): void {
    this._last = number;
    this._restarted.emit();
  }

  private _take(events: StudioEvent[]): void {
    const fresh = events.filter(event => event.id > this._last);
    if (fresh.length) {
      this._last = fresh[fresh.length - 1].id;
      this._received.emit(fresh);
    }
  }

  private _setState(state: StreamState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  /** The network or the reader is back: do not wait for the next attempt. */
  private _hurry = (): void => {
    if (!document.hidden && this._state !== 'live') {
      this._reconnect();
    }
  };

  private _attempts = 0;
  private readonly _client: Client;
  private _interval: number;
  private _isDisposed = false;
  private _last = -1;
  private readonly _poll: Poll;
  private _problem: ApiError | null = null;
  private readonly _received = new Signal<this, StudioEvent[]>(this);
  private readonly _restarted = new Signal<this, void>(this);
  private _socket: EventSocket | null = null;
  /** Where the socket stands; it knows nothing of what polling brought. */
  private _socketAt = -1;
  private _state: StreamState = 'connecting';
  private readonly _stateChanged = new Signal<this, StreamState>(this);
  private _timer = 0;
}

export namespace EventStream {
  export interface IOptions {
    client: Client;
    /** Milliseconds between two questions while there is no websocket. */
    pollInterval?: number;
  }
}
