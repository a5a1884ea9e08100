// What is said of a dataset or a tokenization: facts for rows, documents and inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Dataset, Job, Tokenization } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, exact, percent, short } from '../ui/format';
import { progressFacts } from '../ui/progressLine';
import { jobState, type ChipState } from '../ui/stateChip';
import { isDataset, type DatasetObject } from './model';

/** What the chip shows: while a job stands between the object and being ready, the job's own state. */
export function chipOf(object: DatasetObject): ChipState {
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
export function chipLabel(object: DatasetObject): string | null {
  const { job } = object;
  return job && chipOf(object) === 'running'
    ? percent(job.progress.done, job.progress.total)
    : null;
}

export function reasonOf(
  object: DatasetObject,
  trans: TranslationBundle
): string | null {
  const { job } = object;
  if (job?.state === 'queued') {
    return waiting(job, trans);
  }
  return object.reason ?? job?.reason ?? null;
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

/** The two or three facts that tell a row from its neighbors. */
export function rowFacts(
  object: DatasetObject,
  trans: TranslationBundle
): string[] {
  const { job } = object;
  if (object.state === 'failed' || object.state === 'empty') {
    return [reasonOf(object, trans) ?? ''];
  }
  if (object.state === 'working' && job) {
    return job.state === 'queued'
      ? [waiting(job, trans) ?? trans.__('Waits for a worker.')]
      : progressFacts(job.progress, trans);
  }
  return isDataset(object)
    ? datasetFacts(object, trans)
    : tokenizationFacts(object, trans);
}

function datasetFacts({ facts }: Dataset, trans: TranslationBundle): string[] {
  if (!facts) {
    return [];
  }
  const splits = Object.keys(facts.splits).length;
  return [
    samples(facts.samples, trans),
    bytes(facts.bytes),
    trans._n('%2 split', '%2 splits', splits, exact(splits))
  ];
}

function tokenizationFacts(
  { facts, max_length: length }: Tokenization,
  trans: TranslationBundle
): string[] {
  return facts
    ? [
        trans.__('%1 tokens', short(facts.tokens)),
        trans.__('blocks of %1', exact(length)),
        bytes(facts.bytes)
      ]
    : [];
}

export function samples(count: number, trans: TranslationBundle): string {
  return trans._n('%2 sample', '%2 samples', count, exact(count));
}

/** As it leaves for a notebook. */
export function asStudioObject(
  object: DatasetObject,
  trans: TranslationBundle
): IStudioObject {
  const { id, name } = object;
  if (isDataset(object)) {
    const detail = object.facts
      ? samples(object.facts.samples, trans)
      : trans.__('not ready yet');
    return { kind: 'dataset', id, name, detail };
  }
  const detail = object.facts
    ? trans.__(
        '%1 tokens in blocks of %2',
        exact(object.facts.tokens),
        exact(object.max_length)
      )
    : trans.__('not ready yet');
  return { kind: 'tokenization', id, name, detail };
}
