import { icon } from '../ui/icon';

/** Sheets of text, one behind the other. */
export const datasetsIcon = icon(
  'datasets',
  'M4 3h11v2H6v13H4V3zm4 4h13v14H8V7zm2.500 3v1.600h8V10h-8zm0 3.200v1.600h8v-1.600h-8zm0 3.200V18h5v-1.600h-5z'
);

/** A line cut into pieces. */
export const tokenizationIcon = icon(
  'tokenization',
  'M3 6h5v5H3V6zm7 0h4v5h-4V6zm6 0h5v5h-5V6zM3 13h3v5H3v-5zm5 0h7v5H8v-5zm9 0h4v5h-4v-5z'
);

/** A broom. */
export const cleanIcon = icon(
  'clean',
  'M19.360 2.720l1.420 1.420-5.720 5.710c1.070 1.540 1.220 3.390.320 4.590L9.060 8.120c1.200-.900 3.050-.750 4.590.320l5.710-5.720zM5.930 17.570c-2.010-2.010-3.240-4.410-3.580-6.650l4.880-2.090 7.440 7.440-2.090 4.880c-2.240-.340-4.640-1.570-6.650-3.580z'
);

/** Two ways that cross. */
export const arrangeIcon = icon(
  'arrange',
  'M10.590 9.170L5.410 4 4 5.410l5.170 5.170 1.420-1.410zM14.500 4l2.040 2.040L4 18.590 5.410 20 17.960 7.460 20 9.500V4h-5.500zm.330 9.410l-1.410 1.410 3.130 3.130L14.500 20H20v-5.500l-2.040 2.040-3.130-3.130z'
);
