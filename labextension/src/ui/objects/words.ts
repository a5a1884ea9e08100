// What is said of any object: its state, its reason, how far its job is.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, Progress } from '../../api/types';
import { isFinal } from '../../jobs/order';
import { percent } from '../format';
import { atRest, progressFacts } from '../progressLine';
import { jobState, type ChipState } from '../stateChip';
import type { IRecord } from './record';

/** What the chip shows: while a job stands between the object and being ready, the job's own state. */
export function chipOf(object: IRecord): ChipState {
  const { job, state } = object;
  if (
    job &&
    (state === 'working' || (state === 'failed' && job.state !== 'succeeded'))
  ) {
    return jobState(job);
  }
  return state;
}

/** “58 %” in place of the state's word, while that can be said. */
export function chipLabel(object: IRecord): string | null {
  const { job } = object;
  return job && chipOf(object) === 'running'
    ? percent(job.progress.done, job.progress.total)
    : null;
}

export function reasonOf(
  object: IRecord,
  trans: TranslationBundle
): string | null {
  const { job, state } = object;
  if (state === 'ready') {
    return object.reason;
  }
  if (job?.state === 'queued') {
    return waiting(job, trans);
  }
  return object.reason ?? job?.reason ?? null;
}

/** The job that has not ended: one that makes the object, or works on one that is there. */
export function workOf({ job }: IRecord): Job | null {
  return job && !isFinal(job) ? job : null;
}

function waiting(job: Job, trans: TranslationBundle): string | null {
  if (job.place !== null && job.waits_for) {
    return trans.__(
      'Place %1 in the queue; waits for %2.',
      job.place,
      job.waits_for
    );
  }
  if (job.waits_for) {
    return trans.__('Waits for %1.', job.waits_for);
  }
  return job.place === null
    ? null
    : trans.__('Place %1 in the queue.', job.place);
}

/** How far the job is that works on the object. */
export function progressOf(object: IRecord): Progress | null {
  const job = workOf(object);
  if (!job) {
    return null;
  }
  return job.state === 'paused' || job.state === 'interrupted'
    ? atRest(job.progress)
    : job.progress;
}

/** Facts for a row while the object is not at rest: why it failed, how far it is; null where its own count. */
export function workFacts(
  object: IRecord,
  trans: TranslationBundle
): string[] | null {
  const { job } = object;
  if (object.state === 'failed' || object.state === 'empty') {
    return [reasonOf(object, trans) ?? ''];
  }
  const progress = progressOf(object);
  if (!progress || !job) {
    return null;
  }
  return job.state === 'queued'
    ? [waiting(job, trans) ?? trans.__('Waits for a worker.')]
    : progressFacts(progress, trans);
}
