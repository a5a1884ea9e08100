import type { IOpeners } from '../tokens';

/** Which command opens an object, by how its id begins. */
export class Openers implements IOpeners {
  add(prefix: string, command: string): void {
    this._commands.set(prefix, command);
  }

  find(id: string): string | undefined {
    return this._commands.get(id.slice(0, id.indexOf('_') + 1));
  }

  private readonly _commands = new Map<string, string>();
}
