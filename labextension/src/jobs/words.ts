// What is said of a job: facts of its row, details, and why it cannot be touched just now.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, JobAction } from '../api/types';
import {
  ago,
  bytes,
  duration,
  exact,
  percent,
  shortTimestamp,
  timestamp
} from '../ui/format';
import { progressFacts } from '../ui/progressLine';
import { isAlive, isFinal, type JobGroup } from './order';

/** The two or three facts of the row's second line. */
export function jobFacts(job: Job, trans: TranslationBundle): string[] {
  if (isAlive(job)) {
    const facts = progressFacts(job.progress, trans);
    return facts.length ? facts : [trans.__('starting')];
  }
  if (job.state === 'queued') {
    const place = job.place === null ? '' : placeWord(job.place, trans);
    return [
      place,
      job.waits_for ? trans.__('waits for %1', job.waits_for) : ''
    ];
  }
  if (!isFinal(job)) {
    return [
      percent(job.progress.done, job.progress.total) ?? '',
      job.reason ?? '',
      shortTimestamp(job.heartbeat ?? job.created)
    ];
  }
  const took =
    job.started !== null && job.ended !== null
      ? duration(job.ended - job.started)
      : '';
  const stopped =
    job.stopped_at_step === null
      ? ''
      : trans.__('finished early at step %1', exact(job.stopped_at_step));
  return [
    shortTimestamp(job.ended),
    stopped,
    job.error?.message ?? (took && trans.__('took %1', took))
  ];
}

/** Percent in the chip, where one is known. */
export function chipLabel(job: Job): string | null {
  return job.state === 'running' && !job.stalled
    ? percent(job.progress.done, job.progress.total)
    : null;
}

/** Why it is in this state, with what to do. */
export function jobReason(job: Job, trans: TranslationBundle): string | null {
  if (job.stalled) {
    return trans.__('It has not been heard of for long.');
  }
  if (job.error) {
    return `${job.error.message} ${job.error.error.hint}`.trim();
  }
  return job.reason;
}

export interface IDetail {
  name: string;
  value: string;
  /** On hover. */
  more?: string;
}

/** Everything else that is known, for an opened row. */
export function jobDetails(job: Job, trans: TranslationBundle): IDetail[] {
  const details: IDetail[] = [
    { name: trans.__('Kind'), value: job.kind },
    { name: trans.__('Job'), value: job.id },
    moment(trans.__('Asked for'), job.created)
  ];
  if (job.started !== null) {
    details.push(moment(trans.__('Started'), job.started));
  }
  if (job.ended !== null) {
    details.push(moment(trans.__('Ended'), job.ended));
  }
  const worker = job.worker
    ? job.pid === null
      ? job.worker
      : trans.__('%1 (process %2)', job.worker, job.pid)
    : trans.__('none yet; needs %1', job.lane);
  details.push({ name: trans.__('Worker'), value: worker });
  if (job.memory !== null) {
    details.push({ name: trans.__('Memory'), value: bytes(job.memory) });
  }
  if (job.attempt > 1) {
    details.push({ name: trans.__('Attempt'), value: exact(job.attempt) });
  }
  if (job.retry_of) {
    details.push({ name: trans.__('Retry of'), value: job.retry_of });
  }
  return details;
}

export function actionWord(
  action: JobAction,
  trans: TranslationBundle
): string {
  const words: Record<JobAction, string> = {
    pause: trans.__('Pause'),
    resume: trans.__('Resume'),
    stop: trans.__('Stop and keep'),
    cancel: trans.__('Cancel'),
    retry: trans.__('Retry'),
    move_up: trans.__('Move up')
  };
  return words[action];
}

export function groupWord(group: JobGroup, trans: TranslationBundle): string {
  const words: Record<JobGroup, string> = {
    all: trans.__('all'),
    running: trans.__('running'),
    waiting: trans.__('queued'),
    resting: trans.__('paused'),
    succeeded: trans.__('succeeded'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled')
  };
  return words[group];
}

/** What is lost with a cancelled job, said before it is. */
export function cancelStatement(job: Job, trans: TranslationBundle): string {
  const share = percent(job.progress.done, job.progress.total);
  const lost = share
    ? trans.__('What it has made so far (%1) is thrown away.', share)
    : trans.__('What it has made so far is thrown away.');
  const instead =
    job.controls.stop === null
      ? trans.__('“Stop and keep” ends it and keeps what it has made.')
      : job.controls.pause === null
        ? trans.__('“Pause” frees its worker and keeps what it has made.')
        : '';
  return `${lost} ${instead}`.trim();
}

function moment(name: string, seconds: number): IDetail {
  return { name, value: timestamp(seconds), more: ago(seconds) };
}

function placeWord(place: number, trans: TranslationBundle): string {
  return place === 1 ? trans.__('next') : trans.__('place %1', place);
}
