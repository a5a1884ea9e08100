import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../api/client';
import type { EventStream, StreamState } from '../api/events';
import type { SchemaName, System } from '../api/types';
import type { IMemory, IMiStudio, IOpeners } from '../tokens';
import { Openers } from './openers';

/** What all plugins of miStudio share. */
export class MiStudio implements IMiStudio, IDisposable {
  constructor(options: MiStudio.IOptions) {
    this.client = options.client;
    this.events = options.events;
    this.trans = options.trans;
    this.memory = options.memory;
    this.events.stateChanged.connect(this._onState, this);
  }

  readonly client: Client;
  readonly events: EventStream;
  readonly trans: TranslationBundle;
  readonly memory: IMemory;
  readonly openers: IOpeners = new Openers();

  get systemChanged(): ISignal<IMiStudio, void> {
    return this._systemChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  system(fresh = false): Promise<System> {
    if (fresh || !this._system) {
      const asked = this.client.get('/system');
      this._system = asked;
      asked.then(
        () => this._systemChanged.emit(),
        () => {
          this._system = null;
        }
      );
    }
    return this._system;
  }

  async schema(name: SchemaName): Promise<Client.IJsonSchema> {
    this._document ??= this.client.document().catch(thrown => {
      this._document = null;
      throw thrown;
    });
    const { components } = await this._document;
    return { ...components.schemas[name], components };
  }

  dispose(): void {
    this._isDisposed = true;
    this.events.dispose();
    Signal.clearData(this);
  }

  private _onState(_: EventStream, state: StreamState): void {
    if (state === 'offline' || state === 'connecting') {
      this._wasAway = true;
    } else if (this._wasAway) {
      this._wasAway = false;
      void this._welcomeBack();
    }
  }

  /** The server that came back may be another one: other workspace, other contract. */
  private async _welcomeBack(): Promise<void> {
    const before = await this._system?.catch(() => null);
    this._document = null;
    try {
      const now = await this.system(true);
      if (before && before.workspace !== now.workspace) {
        this.events.restart();
      }
    } catch {
      // It is gone again; the stream says so and calls us when it is back.
    }
  }

  private _document: Promise<Client.IDocument> | null = null;
  private _isDisposed = false;
  private _system: Promise<System> | null = null;
  private readonly _systemChanged = new Signal<this, void>(this);
  // The first connection counts as a return: it makes the workspace known.
  private _wasAway = true;
}

export namespace MiStudio {
  export interface IOptions {
    client: Client;
    events: EventStream;
    trans: TranslationBundle;
    memory: IMemory;
  }
}
