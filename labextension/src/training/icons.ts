import { icon } from '../ui/icon';

/** A curve that falls, and the axes it falls between. */
export const trainingIcon = icon(
  'training',
  'M3 3h2v16h16v2H3V3zm4.200 2.300c1.300 5.400 3.600 8.200 12.800 9.700l-.3 2C9.700 15.300 6.700 11.700 5.300 5.800l1.900-.5z'
);

/** Few of many on. */
export const saeIcon = icon(
  'sae',
  'M4 4h4v4H4V4zm6 0h4v4h-4V4zm6 0h4v4h-4V4zM5.500 5.500v1h1v-1h-1zm12 0v1h1v-1h-1zM4 10h4v4H4v-4zm1.500 1.500v1h1v-1h-1zM10 10h4v4h-4v-4zm1.500 1.500v1h1v-1h-1zM16 10h4v4h-4v-4zM4 16h4v4H4v-4zm6 0h4v4h-4v-4zm1.500 1.500v1h1v-1h-1zM16 16h4v4h-4v-4zm1.500 1.500v1h1v-1h-1z'
);

export const checkpointIcon = icon(
  'checkpoint',
  'M6 3h11l1 1v17l-6-3.500L6 21V3zm2 2v12.500l4-2.300 4 2.300V5H8z'
);
