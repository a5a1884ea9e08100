import type { Client } from '../api/client';
import type { Job, JobAction } from '../api/types';

type Control = (client: Client, path: { id: string }) => Promise<Job>;

/** What each control asks of the server; it answers with the job as it is then. */
export const CONTROLS: Record<JobAction, Control> = {
  pause: (client, path) => client.post('/jobs/{id}/pause', { path }),
  resume: (client, path) => client.post('/jobs/{id}/resume', { path }),
  stop: (client, path) => client.post('/jobs/{id}/stop', { path }),
  cancel: (client, path) => client.post('/jobs/{id}/cancel', { path }),
  retry: (client, path) => client.post('/jobs/{id}/retry', { path }),
  move_up: (client, path) => client.post('/jobs/{id}/move-up', { path })
};
