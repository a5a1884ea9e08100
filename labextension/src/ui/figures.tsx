import * as React from 'react';
import { NONE } from './format';

/** What is measured, its value, and where needed more of it on hover; `null` has no value, for a reason. */
export interface IFigure {
  name: string;
  value: string | null;
  /** More of the value, or why there is none. */
  title?: string;
  /** What it is to be held against, in small letters. */
  beside?: string | null;
}

/** The numbers that matter, side by side. */
export function Figures(props: {
  label: string;
  figures: readonly IFigure[];
}): JSX.Element {
  return (
    <dl className="jp-mistudio-Figures" aria-label={props.label}>
      {props.figures.map(({ name, value, title, beside }) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>
            {value ?? NONE}
            {value === null && (
              <span className="jp-mistudio-forReaders"> {title}</span>
            )}
          </dd>
          {beside && <dd className="jp-mistudio-Figures-beside">{beside}</dd>}
        </div>
      ))}
    </dl>
  );
}
