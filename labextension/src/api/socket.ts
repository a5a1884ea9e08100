import type { IDisposable } from '@lumino/disposable';
import type { EventPage } from './types';

/** Some proxies take a websocket and then swallow all that goes over it. */
const OPENING = 10_000;
/** While the page runs, this ticks; a long gap means that the machine slept. */
const TICK = 30_000;

/** One websocket of events, from its opening to its end; it never comes back. */
export class EventSocket implements IDisposable {
  constructor(options: EventSocket.IOptions) {
    this._options = options;
    this._opening = window.setTimeout(() => this._end(), OPENING);
    this._tick = window.setInterval(() => this._lookAtClock(), TICK);
    try {
      this._socket = new options.WebSocket(options.url);
    } catch {
      // A malformed address, or a page that forbids websockets.
      this._opening = window.setTimeout(() => this._end());
      return;
    }
    this._socket.onmessage = message => this._onMessage(message);
    this._socket.onclose = () => this._end();
    this._socket.onerror = () => this._end();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._opening);
    clearInterval(this._tick);
    if (this._socket) {
      this._socket.onmessage = null;
      this._socket.onclose = null;
      this._socket.onerror = null;
      this._socket.close();
    }
  }

  private _onMessage(message: MessageEvent): void {
    let page: EventPage;
    try {
      page = JSON.parse(String(message.data));
    } catch {
      return this._end();
    }
    clearTimeout(this._opening);
    this._options.onMessage(page);
  }

  private _lookAtClock(): void {
    const now = Date.now();
    // Browsers slow the timers of hidden tabs to once a minute.
    if (now - this._seen > 4 * TICK) {
      this._end();
    }
    this._seen = now;
  }

  private _end(): void {
    if (!this._isDisposed) {
      this.dispose();
      this._options.onEnd();
    }
  }

  private _isDisposed = false;
  private _opening: number;
  private readonly _options: EventSocket.IOptions;
  private _seen = Date.now();
  private _socket: WebSocket | null = null;
  private _tick: number;
}

export namespace EventSocket {
  export interface IOptions {
    url: string;
    WebSocket: typeof WebSocket;
    onMessage: (page: EventPage) => void;
    /** It closed, failed, said nonsense, or never opened. */
    onEnd: () => void;
  }
}
