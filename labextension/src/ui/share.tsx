import * as React from 'react';

/** A share of the largest or of all, as a bar beside its number; the number is what counts. */
export function ShareBar(props: { share: number }): JSX.Element {
  const width = `${Math.max(0, Math.min(1, props.share)) * 100}%`;
  return (
    <span className="jp-mistudio-ShareBar" aria-hidden>
      <span style={{ width }} />
    </span>
  );
}
