import type { Client } from '../../api/client';
import type { VectorRow } from '../../api/types';
import { PagedRows } from '../../ui/lines/pagedRows';

/** Values of each vector that fit on a line. */
const VALUES = 6;

/** Whose vectors are looked at: of a hook point, and of one sample or of all. */
export interface IVectorsOf {
  /** Empty for the first. */
  hook: string;
  sample: number | null;
}

/** The vectors of a capture, read page by page as somebody looks at them. */
export class VectorRows extends PagedRows<VectorRow> {
  constructor(
    private readonly client: Client,
    private readonly capture: string
  ) {
    super();
  }

  get of(): Readonly<IVectorsOf> {
    return this._of;
  }

  /** The row that is chosen. */
  get chosen(): number | null {
    return this._chosen;
  }

  set chosen(row: number | null) {
    this._chosen = row;
    this.emitChanged();
  }

  /** The capture has so many vectors now. */
  grow(rows: number): void {
    if (rows !== this.rows) {
      this.rows = rows;
      this.show({});
    }
  }

  /** Look at others from their beginning. */
  show(of: Partial<IVectorsOf>): void {
    const next = { ...this._of, ...of };
    // Another hook point has the same rows: one stays where one was.
    if (next.sample !== this._of.sample) {
      this._chosen = null;
    }
    this._of = next;
    // Of a sample nobody knows how many there are before the first answer.
    this.begin(next.sample === null ? this.rows : Math.min(1, this.rows));
  }

  protected async ask(
    offset: number,
    limit: number
  ): Promise<{ rows: VectorRow[]; total: number }> {
    const { hook, sample } = this._of;
    return this.client.get('/captures/{id}/vectors', {
      path: { id: this.capture },
      query: {
        hook: hook || undefined,
        sample: sample ?? undefined,
        offset,
        limit,
        values: VALUES
      }
    });
  }

  private _chosen: number | null = null;
  private _of: IVectorsOf = { hook: '', sample: null };
  private rows = 0;
}
