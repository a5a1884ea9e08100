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

/** Braces: not what puts the object itself into a notebook. */
export const trainCodeIcon = icon(
  'train-code',
  'M8.500 4C6.500 4 5.500 5 5.500 7v2.600c0 1-.6 1.400-1.700 1.400v2c1.100 0 1.700.4 1.700 1.400V17c0 2 1 3 3 3H10v-2H8.700c-.8 0-1.200-.3-1.200-1.200v-2.500c0-1-.4-1.800-1.300-2.300.9-.5 1.300-1.300 1.300-2.300V7.200C7.500 6.300 7.900 6 8.700 6H10V4H8.500zm7 0c2 0 3 1 3 3v2.600c0 1 .6 1.400 1.700 1.400v2c-1.100 0-1.700.4-1.700 1.400V17c0 2-1 3-3 3H14v-2h1.300c.8 0 1.200-.3 1.200-1.200v-2.500c0-1 .4-1.800 1.300-2.300-.9-.5-1.300-1.300-1.300-2.300V7.200c0-.9-.4-1.200-1.200-1.200H14V4h1.500z'
);

/** A warning: a mark of exclamation in a triangle. */
export const warningIcon = icon(
  'warning',
  'M12 3L2 20.500h20L12 3zm0 3.900l6.600 11.600H5.400L12 6.900zM11 10v5h2v-5h-2zm0 6v1.800h2V16h-2z'
);
