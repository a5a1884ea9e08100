import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import type { AddDataset } from '../../api/types';
import { FileUpload } from './upload';

/** Milliseconds after which whoever gave a file does something else. */
const STILL_HERE = 8000;

/** The files on their way to the server, one after the other. */
export class Uploads implements IDisposable {
  constructor(private readonly client: Client) {
    window.addEventListener('beforeunload', this.warn);
    window.addEventListener('online', this.hurry);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Those under way, and those that failed and wait for a decision. */
  get all(): readonly FileUpload[] {
    return this._all;
  }

  /** Those that arrived, where somebody must say how they are read. */
  get asks(): ISignal<this, Uploads.IAsked> {
    return this._asks;
  }

  /** The server's ids of those that are none any more: added, or thrown away. */
  get forgotten(): ISignal<this, string> {
    return this._forgotten;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  add(files: readonly File[], params: Partial<AddDataset> = {}): void {
    const added = files.map(
      file => new FileUpload({ client: this.client, file, params })
    );
    for (const upload of added) {
      upload.changed.connect(this.onChanged, this);
    }
    this._all = [...this._all, ...added];
    this._changed.emit();
    void this.work();
  }

  /** The one that the server calls so. */
  find(id: string | null | undefined): FileUpload | undefined {
    return this._all.find(each => each.serverId === id);
  }

  /** Somebody wants to say how it is read. */
  answer(upload: FileUpload): void {
    this._asks.emit({ upload, isWanted: true });
  }

  /** A dataset was made of it. */
  taken(id: string | null | undefined): void {
    const upload = this.find(id);
    if (upload) {
      this.forget(upload);
    }
  }

  async cancel(upload: FileUpload): Promise<void> {
    const cancelled = upload.cancel();
    this.forget(upload);
    await cancelled;
  }

  /** Send what is missing of a failed one. */
  async retry(upload: FileUpload): Promise<void> {
    await upload.run();
    this.tidy(upload);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.removeEventListener('beforeunload', this.warn);
      window.removeEventListener('online', this.hurry);
      for (const upload of this._all) {
        upload.dispose();
      }
      Signal.clearData(this);
    }
  }

  private async work(): Promise<void> {
    if (this.working) {
      return;
    }
    this.working = true;
    let next: FileUpload | undefined;
    while ((next = this._all.find(each => each.state === 'queued'))) {
      await next.run();
      this.tidy(next);
    }
    this.working = false;
  }

  /** A file that arrived is a dataset now, and stands among those; or it asks how it is read. */
  private tidy(upload: FileUpload): void {
    if (upload.state === 'done') {
      this.forget(upload);
    } else if (upload.state === 'asking') {
      const isWanted = performance.now() - upload.began < STILL_HERE;
      this._asks.emit({ upload, isWanted });
    }
  }

  private forget(upload: FileUpload): void {
    this._all = this._all.filter(each => each !== upload);
    this._changed.emit();
    upload.dispose();
    if (upload.serverId !== null) {
      this._forgotten.emit(upload.serverId);
    }
  }

  private onChanged(): void {
    this._changed.emit();
  }

  private readonly hurry = (): void => {
    for (const upload of this._all) {
      upload.hurry();
    }
  };

  /** A page that goes takes its uploads with it: the browser asks first. */
  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (this._all.some(each => each.isActive)) {
      event.preventDefault();
    }
  };

  private _all: readonly FileUpload[] = [];
  private readonly _asks = new Signal<this, Uploads.IAsked>(this);
  private readonly _forgotten = new Signal<this, string>(this);
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private working = false;
}

export namespace Uploads {
  export interface IAsked {
    upload: FileUpload;
    /** Whether the reader waits for it, or is to be told of it. */
    isWanted: boolean;
  }
}
