import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { Progress, SourceLook } from '../../api/types';
import { addIfPlain, type Draft } from './arriving';

const PART = 8 * 2 ** 20;
const FIRST_DELAY = 500;
const LAST_DELAY = 15_000;

export type UploadState =
  'queued' | 'sending' | 'waiting' | 'asking' | 'failed' | 'cancelled' | 'done';

/** One file on its way to the server, in parts, and the dataset made of it. */
export class FileUpload implements IDisposable {
  constructor(private readonly options: FileUpload.IOptions) {
    this.id = `upload-${++counter}`;
  }

  /** Names the upload in this page. */
  readonly id: string;
  /** When it was given. */
  readonly began = performance.now();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get name(): string {
    return this.options.file.name;
  }

  get state(): UploadState {
    return this._state;
  }

  /** What the server calls it; null until it was announced. */
  get serverId(): string | null {
    return this._serverId;
  }

  /** What was asked for beside the file itself. */
  get params(): Draft {
    return this.options.params ?? {};
  }

  /** What was seen in it, where somebody must say how it is read. */
  get seen(): SourceLook | null {
    return this._seen;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get progress(): Progress {
    const { size } = this.options.file;
    return {
      done: this.received,
      total: size,
      unit: 'bytes',
      stage: '',
      rate: this.rate,
      seconds_left: this.rate ? (size - this.received) / this.rate : null,
      figures: {}
    };
  }

  get isActive(): boolean {
    return ['queued', 'sending', 'waiting'].includes(this._state);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Send the file, or what is missing of it; ends when that succeeded, failed or was cancelled. */
  async run(): Promise<void> {
    if (this._state === 'cancelled') {
      return;
    }
    this._error = null;
    this.set('sending');
    try {
      await this.persist(() => this.announce());
      await this.sendParts();
      if (!this.isCancelled) {
        await this.persist(attempt => this.finish(attempt));
      }
      if (!this.isCancelled) {
        this.set(this._seen ? 'asking' : 'done');
      }
    } catch (thrown) {
      if (!this.isCancelled) {
        this._error = ApiError.from(thrown);
        this.set('failed');
      }
    }
  }

  /** Stop, and have the server forget what it received. */
  async cancel(): Promise<void> {
    const { _serverId: serverId } = this;
    this.set('cancelled');
    this.wake?.();
    if (serverId) {
      try {
        await this.options.client.delete('/uploads/{id}', {
          path: { id: serverId }
        });
      } catch {
        // Gone already, or the server is away: it sweeps unfinished uploads by itself.
      }
    }
  }

  /** Do not wait for the next attempt: the connection is back. */
  hurry(): void {
    this.wake?.();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.wake?.();
      Signal.clearData(this);
    }
  }

  private async announce(): Promise<void> {
    const { client, file } = this.options;
    if (this._serverId) {
      try {
        await this.catchUp(this._serverId);
        return;
      } catch (thrown) {
        // One that waited too long is swept by the server: it begins anew.
        if (ApiError.from(thrown).status !== 404) {
          throw thrown;
        }
      }
    }
    const upload = await client.post('/uploads', {
      body: { name: file.name, size: file.size }
    });
    this._serverId = upload.id;
    this.received = upload.received;
  }

  private async sendParts(): Promise<void> {
    const { client, file, partSize = PART } = this.options;
    while (this.received < file.size && !this.isCancelled) {
      const id = this._serverId ?? '';
      const began = performance.now();
      const before = this.received;
      await this.persist(async attempt => {
        if (attempt > 0) {
          // A part may have arrived although its answer did not.
          await this.catchUp(id);
        }
        const offset = this.received;
        const body = file.slice(offset, offset + partSize);
        if (body.size) {
          const upload = await client.put('/uploads/{id}', {
            path: { id },
            query: { offset },
            body
          });
          this.received = upload.received;
        }
      });
      this.noteRate(this.received - before, performance.now() - began);
      this.set('sending');
    }
  }

  private async finish(attempt: number): Promise<void> {
    const draft = { ...this.params, upload: this._serverId ?? '' };
    try {
      this._seen = await addIfPlain(this.options.client, draft);
    } catch (thrown) {
      // Taken by an earlier attempt whose answer was lost.
      if (attempt === 0 || ApiError.from(thrown).status !== 404) {
        throw thrown;
      }
    }
  }

  private async catchUp(id: string): Promise<void> {
    this.received = (
      await this.options.client.get('/uploads/{id}', { path: { id } })
    ).received;
  }

  /** Try again, ever more slowly, as long as only the connection is at fault. */
  private async persist(
    step: (attempt: number) => Promise<void>
  ): Promise<void> {
    for (let attempt = 0; !this.isCancelled; attempt++) {
      try {
        await step(attempt);
        return;
      } catch (thrown) {
        const error = ApiError.from(thrown);
        if (!isPassing(error)) {
          throw error;
        }
        this._error = error;
        this.set('waiting');
        await this.pause(Math.min(FIRST_DELAY * 2 ** attempt, LAST_DELAY));
        this._error = null;
      }
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const timer = window.setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private noteRate(bytes: number, milliseconds: number): void {
    const now = (bytes * 1000) / Math.max(milliseconds, 1);
    this.rate = this.rate === null ? now : 0.7 * this.rate + 0.3 * now;
  }

  private set(state: UploadState): void {
    if (!this.isCancelled) {
      this._state = state;
    }
    this._changed.emit();
  }

  private get isCancelled(): boolean {
    return this._state === 'cancelled' || this._isDisposed;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _seen: SourceLook | null = null;
  private _serverId: string | null = null;
  private _state: UploadState = 'queued';
  private rate: number | null = null;
  private received = 0;
  private wake: (() => void) | null = null;
}

/** Whether the same request may well succeed a little later. */
function isPassing(error: ApiError): boolean {
  return error.code === 'unreachable' || error.code === 'wrong_offset';
}

let counter = 0;

export namespace FileUpload {
  export interface IOptions {
    client: Client;
    file: File;
    params?: Draft;
    /** Bytes sent with one request. */
    partSize?: number;
  }
}
