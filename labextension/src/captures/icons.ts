import { icon } from '../ui/icon';

/** A stack of layers with a probe in one of them. */
export const captureIcon = icon(
  'capture',
  'M3 4h11v3H3V4zm0 6.500h8.500v3H3v-3zM3 17h11v3H3v-3zm18-8.200a3.200 3.200 0 0 0-4.100 3.060h-3.900v.280h3.900A3.200 3.200 0 1 0 21 8.800zm-.900 1.600a1.600 1.600 0 1 1 0 3.200 1.600 1.600 0 0 1 0-3.200z'
);
