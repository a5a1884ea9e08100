import { icon } from '../ui/icon';

/** Layers, one on the other. */
export const modelsIcon = icon(
  'models',
  'M12 2.500 2.500 7.250 12 12l9.500-4.750L12 2.500zm0 2.236 5.028 2.514L12 9.764 6.972 7.250 12 4.736zM4.736 10.882 2.500 12 12 16.750 21.500 12l-2.236-1.118L12 14.514l-7.264-3.632zm0 4.750L2.500 16.750 12 21.500l9.500-4.750-2.236-1.118L12 19.264l-7.264-3.632z'
);

/** Something said, and the pen that goes on. */
export const tryIcon = icon(
  'try',
  'M4 3h16a1 1 0 0 1 1 1v7h-2V5H5v10h6v2H8l-4 4V4a1 1 0 0 1 0-1zm3 4h10v2H7V7zm0 4h6v2H7v-2zm12.500 1.500 2 2L16 20h-2v-2l5.500-5.500z'
);
