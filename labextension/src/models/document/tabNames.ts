/** The tabs of a model's document, in order; apart from what they need, which comes with the first document. */
export const TABS = ['architecture', 'about', 'try', 'captures'] as const;
export type Tab = (typeof TABS)[number];
