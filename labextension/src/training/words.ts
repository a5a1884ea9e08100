// What is said of trainings and SAEs: facts for rows, documents and inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Progress, Sae, Training } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { bytes, duration, exact, measured, rate, share } from '../ui/format';
import { hooksInWords } from '../ui/layers/hooks';
import { progressOf, workFacts, workOf } from '../ui/objects/words';
import { atRest, isReading, stageWords } from '../ui/progressLine';
import { isTraining, type TrainingObject } from './model';

/** Of several SAEs the lowest and the highest value; of one they are the same. */
export interface IRange {
  low: number;
  high: number;
}

/** What is measured of a run, as far as it is known: live while it runs, else of its latest evaluations. */
export interface ILatest {
  fvu: IRange | null;
  l0: IRange | null;
  dead: IRange | null;
  lossRecovered: IRange | null;
  /** It has ended and was never evaluated: these are of the last batch that it learned from. */
  isOfBatch: boolean;
}

/** The same of untrained SAEs of the same shapes, where the latest evaluations have them. */
export function controlOf(
  training: Training
): Omit<ILatest, 'l0' | 'isOfBatch'> {
  const controls = (training.facts?.saes ?? []).map(
    each => each.evaluation?.control
  );
  const held = (name: 'fvu' | 'dead' | 'loss_recovered') =>
    rangeOf(controls.map(each => each?.[name]));
  return {
    fvu: held('fvu'),
    dead: held('dead'),
    lossRecovered: held('loss_recovered')
  };
}

export function latestOf(training: Training): ILatest {
  const figures = training.job?.progress.figures ?? {};
  const isWorking = workOf(training) !== null;
  const evaluations = (training.facts?.saes ?? []).map(each => each.evaluation);
  const held = (name: 'fvu' | 'l0' | 'dead' | 'loss_recovered') =>
    rangeOf(evaluations.map(each => each?.[name]));
  const latest = (name: 'fvu' | 'l0' | 'dead') => {
    const told = rangeOf([
      figures[name],
      figures[`${name}_lowest`],
      figures[`${name}_highest`]
    ]);
    // What a run told last still holds where nothing was evaluated.
    return isWorking ? (told ?? held(name)) : (held(name) ?? told);
  };
  return {
    fvu: latest('fvu'),
    l0: latest('l0'),
    dead: latest('dead'),
    lossRecovered: held('loss_recovered'),
    isOfBatch: !workOf(training) && evaluations.every(each => each === null)
  };
}

/** The two or three facts that tell a row from its neighbors. */
export function rowFacts(
  object: TrainingObject,
  trans: TranslationBundle
): string[] {
  return isTraining(object)
    ? trainingFacts(object, trans)
    : saeFacts(object, trans);
}

function trainingFacts(training: Training, trans: TranslationBundle): string[] {
  const { facts } = training;
  const work = workOf(training);
  if (!work && training.state !== 'ready') {
    return workFacts(training, trans) ?? [];
  }
  const figures = figureFacts(training, trans);
  const progress = progressOf(training);
  if (work && progress) {
    if (work.state === 'queued') {
      return workFacts(training, trans) ?? [];
    }
    // Steps have no speed while the model is read for the next ones.
    const isWaiting = isReading(progress.figures);
    return [
      ...(figures.length && !isWaiting
        ? figures
        : [stageWords(progress, trans)]),
      ...stepFacts(isWaiting ? atRest(progress) : progress, trans)
    ];
  }
  return [...figures, facts ? trans.__('%1 steps', exact(facts.step)) : ''];
}

function figureFacts(training: Training, trans: TranslationBundle): string[] {
  const { fvu, l0, dead, isOfBatch } = latestOf(training);
  return [
    fvu === null
      ? ''
      : isOfBatch
        ? trans.__('FVU %1 (last batch)', rangeWord(fvu, measured))
        : trans.__('FVU %1', rangeWord(fvu, measured)),
    l0 === null ? '' : trans.__('L0 %1', rangeWord(l0, measured)),
    dead === null ? '' : trans.__('dead %1', rangeWord(dead, share))
  ].filter(Boolean);
}

function stepFacts(progress: Progress, trans: TranslationBundle): string[] {
  const { done, total, rate: speed, seconds_left: left, figures } = progress;
  const tokens = speed === null ? null : figures?.tokens_per_second;
  return [
    total === null ? '' : `${exact(done)}/${exact(total)}`,
    tokens == null ? '' : rate(tokens, trans.__('tok')),
    left === null ? '' : trans.__('%1 left', duration(left))
  ];
}

function saeFacts(sae: Sae, trans: TranslationBundle): string[] {
  const work = workFacts(sae, trans);
  const { facts } = sae;
  if (work || !facts) {
    return work ?? [];
  }
  return [
    sae.hook === null ? '' : placeOf(sae),
    trans.__('%1 features', exact(facts.width)),
    facts.fvu === null ? '' : trans.__('FVU %1', measured(facts.fvu)),
    bytes(facts.bytes)
  ];
}

/** “L2 resid_post”, of a transcoder with where it goes; other spellings as they are. */
export function placeOf({ hook, out_hook: out }: Sae): string {
  return hook === null
    ? ''
    : out === null || out === hook
      ? hookWord(hook)
      : `${hookWord(hook)} → ${hookWord(out)}`;
}

export function hookWord(hook: string): string {
  return /^layers\.\d+\.\w+$/.test(hook) ? hooksInWords([hook]) : hook;
}

/** As it leaves for a notebook. */
export function asStudioObject(
  object: TrainingObject,
  trans: TranslationBundle
): IStudioObject {
  const { id, name } = object;
  if (isTraining(object)) {
    const { architecture, hooks, facts } = object;
    return {
      kind: 'training',
      id,
      name,
      detail: [
        architecture,
        hooks.join(', '),
        facts ? trans.__('%1 steps', exact(facts.step)) : ''
      ]
        .filter(Boolean)
        .join(', ')
    };
  }
  const { facts, hook } = object;
  const detail = facts
    ? [hook, trans.__('%1 features', exact(facts.width))]
    : [hook, trans.__('not ready yet')];
  return { kind: 'sae', id, name, detail: detail.filter(Boolean).join(', ') };
}

function rangeOf(
  values: readonly (number | null | undefined)[]
): IRange | null {
  const known = values.filter(each => each != null);
  return known.length
    ? { low: Math.min(...known), high: Math.max(...known) }
    : null;
}

/** “0.11”, or “0.11 – 0.24”. */
export function rangeWord(
  { low, high }: IRange,
  word: (value: number) => string
): string {
  const [first, last] = [word(low), word(high)];
  return first === last ? first : `${first} – ${last}`;
}
