// Which jobs stand where, and in which group. Pure functions over records.

import type { Job, JobState } from '../api/types';

export const ALIVE: readonly JobState[] = [
  'running',
  'pausing',
  'stopping',
  'cancelling'
];
export const FINAL: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/** What the list can be narrowed to. */
export const GROUPS = [
  'all',
  'running',
  'waiting',
  'resting',
  'succeeded',
  'failed',
  'cancelled'
] as const;
export type JobGroup = (typeof GROUPS)[number];

export function isAlive(job: Job): boolean {
  return ALIVE.includes(job.state);
}

export function isFinal(job: Job): boolean {
  return FINAL.includes(job.state);
}

export function groupOf(job: Job): Exclude<JobGroup, 'all'> {
  switch (job.state) {
    case 'queued':
      return 'waiting';
    case 'paused':
    case 'interrupted':
      return 'resting';
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return job.state;
    default:
      return 'running';
  }
}

export function counted(jobs: readonly Job[]): Record<JobGroup, number> {
  const counts = Object.fromEntries(GROUPS.map(group => [group, 0])) as Record<
    JobGroup,
    number
  >;
  counts.all = jobs.length;
  for (const job of jobs) {
    counts[groupOf(job)]++;
  }
  return counts;
}

/** Whether each of the words is in the job's label, kind or ids. */
export function matches(job: Job, query: string): boolean {
  const text = `${job.label} ${job.kind} ${job.id} ${job.object}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

/** Running ones first, then waiting ones in their order, resting ones, then the newest. */
export function inOrder(jobs: Iterable<Job>): Job[] {
  return [...jobs].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.place ?? 0) - (b.place ?? 0) ||
      a.lane.localeCompare(b.lane) * (a.place === null ? 0 : 1) ||
      b.created - a.created
  );
}

/** `next` in the order of `shown`; what is new comes after it. */
export function keepOrder(
  shown: readonly string[],
  next: readonly Job[]
): Job[] {
  const places = new Map(shown.map((id, index) => [id, index]));
  const placeOf = (job: Job) => places.get(job.id) ?? Infinity;
  // Sorting is stable, so new ones keep the order among themselves.
  return [...next].sort((a, b) => {
    const [left, right] = [placeOf(a), placeOf(b)];
    return left === right ? 0 : left - right;
  });
}

function rank(job: Job): number {
  return isAlive(job)
    ? 0
    : ({ waiting: 1, resting: 2 }[groupOf(job) as string] ?? 3);
}
