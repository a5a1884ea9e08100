// Icons that JupyterLab does not have. Its fill classes let them follow the theme.

import { icon } from './icon';

export const jobsIcon = icon(
  'jobs',
  'M3 5h10v2H3V5zm0 6h10v2H3v-2zm0 6h6v2H3v-2zm12-6.5l6.5 4.25L15 19v-8.5z'
);

export const pauseIcon = icon('pause', 'M6 5h4v14H6V5zm8 0h4v14h-4V5z');

export const moveUpIcon = icon(
  'move-up',
  'M4 4h16v2H4V4zm8 4l6 6h-4v6h-4v-6H6l6-6z'
);

export const logIcon = icon(
  'log',
  'M4 4h16v2H4V4zm0 4.7h10v2H4v-2zm0 4.6h16v2H4v-2zM4 18h10v2H4v-2z'
);

export const queuedIcon = icon(
  'queued',
  'M12 3a9 9 0 100 18 9 9 0 000-18zm0 2a7 7 0 110 14 7 7 0 010-14zm-1 2v6l4.5 2.6.9-1.6L13 11.9V7h-2z'
);

export const succeededIcon = icon(
  'succeeded',
  'M9.2 16.6L4.6 12l-1.5 1.5 6.1 6.1L21.4 7.4 20 6 9.2 16.6z'
);

export const failedIcon = icon(
  'failed',
  'M18.4 4.2L12 10.6 5.6 4.2 4.2 5.6l6.4 6.4-6.4 6.4 1.4 1.4 6.4-6.4 6.4 6.4 1.4-1.4-6.4-6.4 6.4-6.4-1.4-1.4z'
);

export const cancelledIcon = icon(
  'cancelled',
  'M12 3a9 9 0 100 18 9 9 0 000-18zm0 2c1.5 0 2.9.5 4.1 1.3L6.3 16.1A7 7 0 0112 5zm0 14a7 7 0 01-4.1-1.3l9.8-9.8A7 7 0 0112 19z'
);

export const interruptedIcon = icon(
  'interrupted',
  'M13 2L5 13.5h5.5L9 22l9-12.5h-6L13 2z'
);

export const stalledIcon = icon(
  'stalled',
  'M11 17h2v2.2h-2V17zm1-12.5c-2.5 0-4.3 1.6-4.5 4h2.1c.2-1.3 1.1-2.1 2.4-2.1 1.4 0 2.4.9 2.4 2.1 0 1.1-.6 1.7-1.7 2.6C11.3 12.200 11 13 11 15h2c0-1.6.3-1.9 1.4-2.8 1.3-1.1 2.2-2 2.2-3.7 0-2.3-2-4-4.6-4z'
);

/** Two arcs; it turns only where motion is welcome. */
export const runningIcon = icon(
  'running',
  'M12 3a9 9 0 019 9h-2a7 7 0 00-7-7V3zm0 18a9 9 0 01-9-9h2a7 7 0 007 7v2z'
);

export const emptyIcon = icon(
  'empty',
  'M12 4a8 8 0 100 16 8 8 0 000-16zm0 2a6 6 0 110 12 6 6 0 010-12z'
);
