import * as React from 'react';
import { bytes } from '../format';
import { useTrans } from '../hooks';
import { ShareBar } from '../share';

/** What something would take, under its title. */
export function EstimateSection(props: {
  isEstimating: boolean;
  children: React.ReactNode;
}): JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  return (
    <section
      className="jp-mistudio-Estimate"
      aria-labelledby={id}
      aria-busy={props.isEstimating}
    >
      <h3 id={id}>{trans.__('What it would take')}</h3>
      {props.children}
    </section>
  );
}

/** What is needed of what is free: the words say it, the bar shows it. */
export function Needed(props: {
  name: string;
  needed: number | null;
  free: number;
}): JSX.Element {
  const trans = useTrans();
  const { name, needed, free } = props;
  const fits = needed === null || needed <= free;
  return (
    <div
      className="jp-mistudio-Estimate-needed"
      data-fits={fits}
      role="group"
      aria-label={name}
    >
      <span>{name}</span>
      <span>
        {trans.__('%1 of %2 free', bytes(needed), bytes(free))}
        {!fits && ` · ${trans.__('too much')}`}
      </span>
      <ShareBar share={needed === null ? 0 : needed / Math.max(free, 1)} />
    </div>
  );
}
