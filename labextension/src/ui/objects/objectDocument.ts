import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';

/** One object in a document of its own, and the tab that is open in it. */
export abstract class ObjectDocument<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string
> implements IDisposable {
  constructor(
    readonly desk: ObjectsDesk<Head, Nested>,
    readonly id: string,
    first: Tab
  ) {
    this._tab = first;
    desk.model.changed.connect(this.onModel, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get object(): Head | undefined {
    return this.desk.model.head(this.id);
  }

  get tab(): Tab {
    return this._tab;
  }

  set tab(tab: Tab) {
    this._tab = tab;
    this._changed.emit();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.desk.model.changed.disconnect(this.onModel, this);
      Signal.clearData(this);
    }
  }

  protected emitChanged(): void {
    this._changed.emit();
  }

  protected onModel(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _tab: Tab;
}
