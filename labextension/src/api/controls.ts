import type { Client } from './client';
import type { Job, JobAction } from './types';

const PATHS = {
  pause: '/jobs/{id}/pause',
  resume: '/jobs/{id}/resume',
  stop: '/jobs/{id}/stop',
  cancel: '/jobs/{id}/cancel',
  retry: '/jobs/{id}/retry',
  move_up: '/jobs/{id}/move-up'
} as const satisfies Record<JobAction, string>;

/** Ask a job to pause, to stop …; the answer is the job as it is then, after a retry the new one. */
export function control(
  client: Client,
  id: string,
  action: JobAction
): Promise<Job> {
  return client.post(PATHS[action], { path: { id } });
}
