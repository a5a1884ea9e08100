import type { LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Job, JobState, ObjectState } from '../api/types';
import { useTrans } from './hooks';
import {
  cancelledIcon,
  emptyIcon,
  failedIcon,
  interruptedIcon,
  pauseIcon,
  queuedIcon,
  runningIcon,
  stalledIcon,
  succeededIcon
} from './icons';

export type ChipState = JobState | ObjectState | 'stalled';

const ICONS: Record<ChipState, LabIcon> = {
  queued: queuedIcon,
  running: runningIcon,
  working: runningIcon,
  pausing: runningIcon,
  stopping: runningIcon,
  cancelling: runningIcon,
  paused: pauseIcon,
  succeeded: succeededIcon,
  ready: succeededIcon,
  failed: failedIcon,
  cancelled: cancelledIcon,
  interrupted: interruptedIcon,
  stalled: stalledIcon,
  empty: emptyIcon
};

/** The word for a state, the same everywhere. */
export function stateWord(state: ChipState, trans: TranslationBundle): string {
  const words: Record<ChipState, string> = {
    queued: trans.__('queued'),
    running: trans.__('running'),
    working: trans.__('working'),
    pausing: trans.__('pausing'),
    paused: trans.__('paused'),
    stopping: trans.__('stopping'),
    cancelling: trans.__('cancelling'),
    interrupted: trans.__('interrupted'),
    succeeded: trans.__('succeeded'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled'),
    stalled: trans.__('stalled'),
    ready: trans.__('ready'),
    empty: trans.__('empty')
  };
  return words[state];
}

/** What a job's chip shows: one that has gone silent is not called running. */
export function jobState(job: Job): ChipState {
  return job.stalled ? 'stalled' : job.state;
}

/** A state as a word with an icon and a color, never a color alone. */
export function StateChip(props: {
  state: ChipState;
  /** Why it is in this state; shown on hover. */
  reason?: string | null;
  /** Stands in for the word, as in “58 %”. */
  label?: string | null;
}): JSX.Element {
  const trans = useTrans();
  const { state, reason, label } = props;
  const word = stateWord(state, trans);
  const Icon = ICONS[state].react;
  return (
    <span
      className="jp-mistudio-StateChip"
      data-state={state}
      title={reason ? trans.__('%1: %2', word, reason) : word}
    >
      <Icon className="jp-mistudio-StateChip-icon" tag="span" aria-hidden />
      <span>{label ?? word}</span>
      {label && <span className="jp-mistudio-forReaders">{word}</span>}
    </span>
  );
}
