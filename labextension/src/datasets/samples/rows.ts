import type { SampleHead } from '../../api/types';
import type { ILines } from '../../ui/lines/lines';

/** Rows of samples, some of which are here and the rest fetched as somebody looks at them. */
export interface ISampleRows extends ILines {
  head(index: number): SampleHead | null;
}
