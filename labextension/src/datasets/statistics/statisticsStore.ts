import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { Statistics, Tokenization } from '../../api/types';

interface IEntry {
  /** When what is here was computed. */
  computed: number | null;
  statistics: Statistics | null;
  error: ApiError | null;
  isLoading: boolean;
  /** The server is asked to count. */
  isStarting: boolean;
}

const NOTHING: IEntry = {
  computed: null,
  statistics: null,
  error: null,
  isLoading: false,
  isStarting: false
};

/** What was counted of tokenizations, fetched once somebody wants to see it. */
export class StatisticsStore {
  constructor(private readonly client: Client) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  of(id: string): Readonly<IEntry> {
    return this.entries.get(id) ?? NOTHING;
  }

  /** Show them from now on, as soon as they are there. */
  want(tokenization: Tokenization): void {
    this.wanted.add(tokenization.id);
    this.note(tokenization);
  }

  /** What the server says of it now. */
  note({ id, statistics: computed }: Tokenization): void {
    const entry = this.of(id);
    if (
      this.wanted.has(id) &&
      computed !== null &&
      computed !== entry.computed &&
      !entry.isLoading &&
      !entry.error
    ) {
      void this.load(id, computed);
    }
  }

  retry(tokenization: Tokenization): void {
    this.set(tokenization.id, { error: null });
    this.want(tokenization);
  }

  /** Have it counted; the job tells how far it is, once `refresh` has heard of it. */
  async compute(id: string, refresh: () => Promise<void>): Promise<void> {
    this.set(id, { isStarting: true, error: null });
    let error: ApiError | null = null;
    try {
      await this.client.post('/tokenizations/{id}/statistics', {
        path: { id }
      });
      await refresh();
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    this.set(id, { isStarting: false, error });
  }

  dispose(): void {
    this.wanted.clear();
    Signal.clearData(this);
  }

  private async load(id: string, computed: number): Promise<void> {
    this.set(id, { isLoading: true });
    try {
      const statistics = await this.client.get(
        '/tokenizations/{id}/statistics',
        { path: { id } }
      );
      this.set(id, { isLoading: false, statistics, computed });
    } catch (thrown) {
      this.set(id, { isLoading: false, error: ApiError.from(thrown) });
    }
  }

  private set(id: string, changes: Partial<IEntry>): void {
    this.entries.set(id, { ...this.of(id), ...changes });
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly entries = new Map<string, IEntry>();
  private readonly wanted = new Set<string>();
}
