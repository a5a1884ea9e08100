/** The tabs of a capture's document, in order; apart from what they need, which comes with the first document. */
export const TABS = [
  'statistics',
  'vectors',
  'append',
  'export',
  'about'
] as const;
export type Tab = (typeof TABS)[number];
