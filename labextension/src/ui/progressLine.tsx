import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Progress } from '../api/types';
import { bytes, duration, exact, percent, rate } from './format';
import { useTrans } from './hooks';

/** What is done, of how many, how fast and how long still, in words. */
export function progressFacts(
  progress: Progress,
  trans: TranslationBundle
): string[] {
  const { done, total, unit, stage, seconds_left: left } = progress;
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
  if (progress.rate != null) {
    facts.push(rate(progress.rate, unit));
  }
  return facts;
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
