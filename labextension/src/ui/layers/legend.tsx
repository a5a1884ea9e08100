import * as React from 'react';
import { exact } from '../format';
import { useTrans } from '../hooks';
import { runsOf } from './chosen';
import { whyNowhere, type IColumn } from './columns';

/** What is under the pointer or has the focus; keeps its place while there is nothing. */
export function Told(props: {
  columns: readonly IColumn[];
  kind: string | null;
}): JSX.Element {
  const trans = useTrans();
  const column = props.columns.find(each => each.kind === props.kind);
  return (
    <p className="jp-mistudio-LayerGrid-told" aria-live="polite">
      {column ? (
        <>
          <b>{column.kind}</b> {whyNowhere(column) ?? column.help}
        </>
      ) : (
        trans.__(
          'Arrows walk, Space ticks, with Shift a whole stretch is as where it began.'
        )
      )}
    </p>
  );
}

/** What each kind is, and why layers lack it. */
export function Legend(props: { columns: readonly IColumn[] }): JSX.Element {
  const trans = useTrans();
  return (
    <details className="jp-mistudio-LayerGrid-legend">
      <summary>{trans.__('What the hook points are')}</summary>
      <dl>
        {props.columns.map(column => (
          <div
            key={column.kind}
            data-missing={column.layers.length ? undefined : ''}
          >
            <dt>{column.kind}</dt>
            <dd>
              {column.layers.length > 0 && (
                <>
                  {column.title}. {column.help}{' '}
                  <span className="jp-mistudio-faint">
                    {trans.__(
                      '%1 values a token.',
                      column.widths.map(exact).join(' / ')
                    )}
                  </span>
                </>
              )}
              {column.missing.map(({ why, layers }) => (
                <span key={why} className="jp-mistudio-LayerGrid-why">
                  {column.layers.length > 0
                    ? trans.__(
                        'Not in layers %1: %2',
                        runsOf(layers).join(', '),
                        why
                      )
                    : why}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
