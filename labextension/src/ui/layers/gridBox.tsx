import * as React from 'react';
import type { Share } from './chosen';
import type { IPlace } from './gridKeys';

/** A box of the grid, or the one at the head of a row or column, which stands for all of them. */
export function GridBox(props: {
  place: IPlace;
  share: Share;
  label: string;
  /** Tab reaches it. */
  isCurrent: boolean;
  disabled: boolean;
  /** Why it cannot be ticked at all; it has the focus all the same, to say so. */
  why?: string | null;
  children?: React.ReactNode;
}): JSX.Element {
  const { place, share, label, why = null, children } = props;
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (box.current) {
      box.current.indeterminate = share === 'some';
    }
  });
  return (
    <label className="jp-mistudio-GridBox" title={why ?? undefined}>
      <input
        ref={box}
        type="checkbox"
        data-place={`${place.row} ${place.column}`}
        aria-label={why === null ? label : `${label}: ${why}`}
        disabled={props.disabled}
        // Not `disabled`: that would hide the reason from the focus.
        aria-disabled={why !== null}
        checked={share === 'all'}
        tabIndex={props.isCurrent ? 0 : -1}
        // The grid listens to clicks, of which Space makes one too.
        onChange={() => undefined}
      />
      {children !== undefined && <span>{children}</span>}
    </label>
  );
}
