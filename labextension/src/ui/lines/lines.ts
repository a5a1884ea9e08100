import type { ISignal } from '@lumino/signaling';
import type { ApiError } from '../../api/errors';

/** Rows of which some are here, and the rest are fetched as somebody looks at them. */
export interface ILines {
  readonly changed: ISignal<unknown, void>;
  /** How many there are to be scrolled through. */
  readonly count: number;
  /** Why some are missing. */
  readonly error: ApiError | null;
  /** The number of the row at this index, and the other way around. */
  rowAt(index: number): number;
  indexOf(row: number): number;
  /** Fetch what is missing of these. */
  want(first: number, last: number): void;
  retry(): void;
}
