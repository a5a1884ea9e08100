// The groups that the panel's filter offers, by what a training is doing.

import type { TranslationBundle } from '@jupyterlab/translation';
import { workOf } from '../ui/objects/words';
import { isTraining, type TrainingObject } from './model';

export const GROUPS = [
  'all',
  'running',
  'queued',
  'paused',
  'done',
  'failed',
  'imported'
] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(object: TrainingObject): Group {
  if (!isTraining(object)) {
    return 'imported';
  }
  const work = workOf(object);
  switch (work?.state) {
    case 'queued':
      return 'queued';
    case 'paused':
    case 'interrupted':
      return 'paused';
    case undefined:
      return object.state === 'ready' ? 'done' : 'failed';
    default:
      return 'running';
  }
}

export function counted(
  objects: readonly TrainingObject[]
): Record<Group, number> {
  const counts = Object.fromEntries(GROUPS.map(each => [each, 0])) as Record<
    Group,
    number
  >;
  counts.all = objects.length;
  for (const object of objects) {
    counts[groupOf(object)]++;
  }
  return counts;
}

export function groupWord(group: Group, trans: TranslationBundle): string {
  const words: Record<Group, string> = {
    all: trans.__('all'),
    running: trans.__('running'),
    queued: trans.__('queued'),
    paused: trans.__('paused'),
    done: trans.__('done'),
    failed: trans.__('failed'),
    imported: trans.__('imported')
  };
  return words[group];
}
