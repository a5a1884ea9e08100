import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Progress } from '../api/types';
import { bytes, duration, exact, percent, rate } from './format';
import { useTrans } from './hooks';

/** What is being done now; while a training reads its model for the next steps, also how far that is. */
export function stageWords(
  { stage, figures }: Progress,
  trans: TranslationBundle
): string {
  return isReading(figures)
    ? trans.__(
        '%1: %2 of %3 tokens',
        stage,
        exact(figures.tokens_read),
        exact(figures.tokens_to_read)
      )
    : stage;
}

/** Whether the steps stand still as the model is read for the next ones. */
export function isReading(
  figures: Progress['figures']
): figures is { tokens_read: number; tokens_to_read: number } {
  return figures?.tokens_read != null && figures.tokens_to_read != null;
}

/** What is done, of how many, how fast and how long still, in words. */
export function progressFacts(
  progress: Progress,
  trans: TranslationBundle
): string[] {
  const { figures } = progress;
  const {
    done,
    total,
    unit,
    seconds_left: left,
    rate: speed
  } = isReading(figures) ? atRest(progress) : progress;
  const stage = stageWords(progress, trans);
  const count = (value: number) =>
    unit === 'bytes' ? bytes(value) : exact(value);
  const facts: string[] = [];
  if (stage) {
    facts.push(stage);
  }
  if (total != null) {
    facts.push(`${count(done)}/${count(total)}`);
  } else if (done) {
    facts.push(count(done));
  }
  if (left != null) {
    facts.push(trans.__('%1 left', duration(left)));
  }
  if (speed != null) {
    facts.push(rate(speed, unit));
  }
  return facts;
}

/** What rests has no speed, and nobody knows when it will end. */
export function atRest(progress: Progress): Progress {
  return { ...progress, rate: null, seconds_left: null };
}

/** A thin line, as wide as what is done; full of nothing where nobody knows. */
export function ProgressLine(props: {
  progress: Progress;
  /** What makes progress, for screen readers. */
  label?: string;
}): JSX.Element {
  const trans = useTrans();
  const { done, total } = props.progress;
  const share = percent(done, total);
  const width = total ? Math.min(100, (100 * done) / total) : 0;
  const text = [share, ...progressFacts(props.progress, trans)]
    .filter(Boolean)
    .join(' · ');
  return (
    <div
      className="jp-mistudio-ProgressLine"
      role="progressbar"
      aria-label={props.label ?? trans.__('Progress')}
      aria-valuemin={0}
      aria-valuemax={100}
      // Without a value it is indeterminate, which is the truth then.
      aria-valuenow={total ? Math.floor(width) : undefined}
      aria-valuetext={text}
      title={text}
      data-unknown={total ? undefined : ''}
    >
      <div
        className="jp-mistudio-ProgressLine-done"
        style={{ width: `${width}%` }}
      />
    </div>
  );
}
