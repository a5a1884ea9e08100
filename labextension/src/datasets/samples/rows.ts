import type { ISignal } from '@lumino/signaling';
import type { ApiError } from '../../api/errors';
import type { SampleHead } from '../../api/types';

/** Rows of samples, some of which are here and the rest fetched as somebody looks at them. */
export interface ISampleRows {
  readonly changed: ISignal<unknown, void>;
  /** How many there are to be scrolled through. */
  readonly count: number;
  /** Why some are missing. */
  readonly error: ApiError | null;
  head(index: number): SampleHead | null;
  /** The number of the sample at this index, and the other way around. */
  rowAt(index: number): number;
  indexOf(row: number): number;
  /** Fetch what is missing of these. */
  want(first: number, last: number): void;
  retry(): void;
}
