// What is said of a dataset or a tokenization: facts for rows, documents and inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  Dataset,
  Job,
  Progress,
  SourceLook,
  Tokenization
} from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, exact, percent, short } from '../ui/format';
import { atRest, progressFacts } from '../ui/progressLine';
import { jobState, type ChipState } from '../ui/stateChip';
import { isFinal } from '../jobs/order';
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
  const { job, state } = object;
  if (state === 'ready') {
    return object.reason;
  }
  if (job?.state === 'queued') {
    return waiting(job, trans);
  }
  return object.reason ?? job?.reason ?? null;
}

/** The job that has not ended: one that makes the object, or counts one that is there. */
export function workOf({ job }: DatasetObject): Job | null {
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
export function progressOf(object: DatasetObject): Progress | null {
  const job = workOf(object);
  if (!job) {
    return null;
  }
  return job.state === 'paused' || job.state === 'interrupted'
    ? atRest(job.progress)
    : job.progress;
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
  const progress = progressOf(object);
  if (progress && job) {
    return job.state === 'queued'
      ? [waiting(job, trans) ?? trans.__('Waits for a worker.')]
      : progressFacts(progress, trans);
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
  const { conversations } = facts;
  return [
    conversations && conversations === facts.samples
      ? trans._n(
          '%2 conversation',
          '%2 conversations',
          conversations,
          exact(conversations)
        )
      : samples(facts.samples, trans),
    bytes(facts.bytes),
    trans._n('%2 split', '%2 splits', splits, exact(splits))
  ];
}

function tokenizationFacts(
  object: Tokenization,
  trans: TranslationBundle
): string[] {
  const { facts } = object;
  return facts
    ? [
        trans.__('%1 tokens', short(facts.tokens)),
        layoutWords(object, trans),
        bytes(facts.bytes)
      ]
    : [];
}

/** What its tokens stand in: packed blocks, or a row for each sample. */
export function layoutWords(
  { layout, max_length: length, truncation }: Tokenization,
  trans: TranslationBundle
): string {
  if (layout === 'packed') {
    return trans.__('blocks of %1', exact(length));
  }
  return truncation === 'none'
    ? trans.__('rows of any length')
    : trans.__('rows up to %1', exact(length));
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
        '%1 tokens in %2',
        exact(object.facts.tokens),
        layoutWords(object, trans)
      )
    : trans.__('not ready yet');
  return { kind: 'tokenization', id, name, detail };
}

/** What the rows of a source hold. */
export function rowsWords(
  rows: SourceLook['rows'],
  trans: TranslationBundle
): string {
  const words: Record<SourceLook['rows'], string> = {
    auto: trans.__('rows'),
    text: trans.__('rows with text'),
    messages: trans.__('conversations (messages)'),
    sharegpt: trans.__('conversations (ShareGPT)'),
    alpaca: trans.__('conversations (Alpaca)')
  };
  return words[rows];
}
