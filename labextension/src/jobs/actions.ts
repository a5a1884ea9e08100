import {
  closeIcon,
  refreshIcon,
  runIcon,
  stopIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { Job, JobAction } from '../api/types';
import { pauseIcon, moveUpIcon } from '../ui/icons';
import { isAlive } from './order';

export const ACTIONS: Record<JobAction, LabIcon> = {
  pause: pauseIcon,
  resume: runIcon,
  stop: stopIcon,
  cancel: closeIcon,
  retry: refreshIcon,
  move_up: moveUpIcon
};

/** What makes sense for a job in this state; some of it may be refused, with a reason. */
export function actionsOf(job: Job): JobAction[] {
  if (job.state === 'pausing') {
    return ['resume', 'stop', 'cancel'];
  }
  if (isAlive(job)) {
    return ['pause', 'stop', 'cancel'];
  }
  switch (job.state) {
    case 'queued':
      return ['move_up', 'pause', 'cancel'];
    case 'paused':
    case 'interrupted':
      return ['resume', 'cancel'];
    case 'failed':
    case 'cancelled':
      return ['retry'];
    default:
      return [];
  }
}
