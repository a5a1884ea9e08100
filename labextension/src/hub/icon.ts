import { icon } from '../ui/icon';

/** A cloud, and what comes down from it. */
export const hubIcon = icon(
  'hub',
  'M6.500 15a4.500 4.500 0 0 1-.4-8.980 6 6 0 0 1 11.600 1.010A4 4 0 0 1 18 15h-3v-2h3a2 2 0 0 0 0-4h-2V8a4 4 0 0 0-8 0H6.500a2.500 2.500 0 0 0 0 5H9v2H6.500zm4.500-4h2v7h2.500L12 22l-3.500-4H11v-7z'
);
