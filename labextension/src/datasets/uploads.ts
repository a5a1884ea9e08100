import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import type { AddDataset } from '../api/types';
import { FileUpload } from './upload';

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

  /** A file that arrived is a dataset now, and stands among those. */
  private tidy(upload: FileUpload): void {
    if (upload.state === 'done') {
      this.forget(upload);
    }
  }

  private forget(upload: FileUpload): void {
    this._all = this._all.filter(each => each !== upload);
    this._changed.emit();
    upload.dispose();
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
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private working = false;
}
