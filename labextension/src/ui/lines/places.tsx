import * as React from 'react';
import { exact } from '../format';
import { useTrans } from '../hooks';
import { SECTION, type PagedRows } from './pagedRows';

/** Which rows these are, the way to others, and to any one by its number. */
export function Places<Row>(props: {
  rows: PagedRows<Row>;
  /** All of them in words, where they are in one section. */
  all: string;
  onGo: (row: number) => void;
}): JSX.Element {
  const trans = useTrans();
  const { rows } = props;
  const { start, count, total, sections } = rows;
  const [row, setRow] = React.useState('');
  const go = () => {
    const wanted = Math.round(Number(row));
    if (row && wanted >= 0 && wanted < total) {
      rows.goTo(wanted);
      props.onGo(wanted);
    }
  };
  return (
    <div className="jp-mistudio-Samples-places">
      <span>
        {sections > 1
          ? trans.__(
              '%1–%2 of %3',
              exact(start),
              exact(start + count - 1),
              props.all
            )
          : props.all}
      </span>
      {sections > 1 && (
        <>
          <button
            type="button"
            className="jp-mistudio-Link"
            disabled={start === 0}
            onClick={() => rows.goTo(start - SECTION)}
          >
            {trans.__('Back')}
          </button>
          <button
            type="button"
            className="jp-mistudio-Link"
            disabled={start + count >= total}
            onClick={() => rows.goTo(start + SECTION)}
          >
            {trans.__('Further')}
          </button>
        </>
      )}
      <label>
        {trans.__('Go to row')}{' '}
        <input
          className="jp-mod-styled"
          type="number"
          min={0}
          max={total - 1}
          value={row}
          onChange={event => setRow(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              go();
            }
          }}
        />
      </label>
    </div>
  );
}
