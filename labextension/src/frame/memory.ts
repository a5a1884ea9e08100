import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';
import type { IMemory } from '../tokens';

const DELAY = 500;
const PREFIX = 'mistudio';

/** Keeps small things over a reload, in JupyterLab's own state of the workspace. */
export class Memory implements IMemory {
  constructor(private readonly _state: IStateDB | null) {
    this._save = new Debouncer(() => this._write(), DELAY);
  }

  async load<T>(key: string): Promise<T | undefined> {
    const waiting = this._waiting.get(key);
    if (waiting !== undefined) {
      return waiting as T;
    }
    return (await this._state?.fetch(`${PREFIX}:${key}`)) as T | undefined;
  }

  save(key: string, value: unknown): void {
    this._waiting.set(key, value);
    void this._save.invoke();
  }

  private async _write(): Promise<void> {
    const all = [...this._waiting];
    this._waiting.clear();
    for (const [key, value] of all) {
      await this._state?.save(
        `${PREFIX}:${key}`,
        value as ReadonlyPartialJSONValue
      );
    }
  }

  private readonly _save: Debouncer;
  private readonly _waiting = new Map<string, unknown>();
}
