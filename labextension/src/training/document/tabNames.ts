/** The tabs of a training's document, in order; apart from what they need, which comes with the first document. */
export const TABS = [
  'curves',
  'evaluation',
  'health',
  'checkpoints',
  'log',
  'configuration',
  'about'
] as const;
export type Tab = (typeof TABS)[number];

export const SAE_TABS = ['about'] as const;
export type SaeTab = (typeof SAE_TABS)[number];
