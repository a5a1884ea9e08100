/** The tabs of a dataset's document, in order; apart from what they need, which comes with the first document. */
export const TABS = [
  'samples',
  'tokenizations',
  'statistics',
  'compare',
  'preview',
  'clean',
  'arrange',
  'about'
] as const;
export type Tab = (typeof TABS)[number];
