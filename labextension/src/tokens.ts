import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Client } from './api/client';
import type { EventStream } from './api/events';
import type { SchemaName, System } from './api/types';

/** What all plugins of miStudio share: the way to the server, and little else. */
export interface IMiStudio {
  readonly client: Client;
  readonly events: EventStream;
  readonly trans: TranslationBundle;

  /** Where everything is on the server; asked once, and again after a break or when told to. */
  system(fresh?: boolean): Promise<System>;

  /** The server may have other settings now: ask again for what `system` says. */
  readonly systemChanged: ISignal<IMiStudio, void>;

  /** The JSON schema of a record or a set of parameters, with all it refers to. */
  schema(name: SchemaName): Promise<Client.IJsonSchema>;

  /** What a panel keeps over a reload. */
  readonly memory: IMemory;

  /** How objects are opened from elsewhere. */
  readonly openers: IOpeners;
}

export const IMiStudio = new Token<IMiStudio>(
  'mistudio-labextension:IMiStudio',
  'The connection to the miStudio server, and what its plugins share.'
);

/** A small store for places in the page: selections, open rows, filters. */
export interface IMemory {
  load<T>(key: string): Promise<T | undefined>;
  /** Saved a moment later, and only the last of several. */
  save(key: string, value: unknown): void;
}

/** Which command opens an object, by how its id begins. */
export interface IOpeners {
  /** `prefix` as in `ds_`; the command gets `{ id }`. */
  add(prefix: string, command: string): void;
  /** The command that opens this object, if a plugin has one. */
  find(id: string): string | undefined;
}
