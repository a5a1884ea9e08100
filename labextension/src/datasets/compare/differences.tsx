import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Difference } from '../../api/types';
import { bytes, exact, NONE, share } from '../../ui/format';
import { useTrans } from '../../ui/hooks';

/** What two objects have, side by side. */
export function Differences(props: {
  title: string;
  /** Said where there is none. */
  nothing: string;
  names: readonly [string, string];
  rows: readonly Difference[];
  withDifference?: boolean;
}): JSX.Element {
  const trans = useTrans();
  const { title, names, rows, withDifference } = props;
  const id = React.useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {!rows.length && <p>{props.nothing}</p>}
      {rows.length > 0 && (
        <div className="jp-mistudio-wide">
          <table className="jp-mistudio-Counts" aria-labelledby={id}>
            <thead>
              <tr>
                <td aria-hidden />
                {names.map((name, at) => (
                  <th key={at} scope="col" data-number>
                    <bdi>{name}</bdi>
                  </th>
                ))}
                {withDifference && (
                  <th scope="col" data-number>
                    {trans.__('Difference')}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr key={row.field}>
                  <th scope="row">{row.title}</th>
                  <td data-number>{valueOf(row.field, row.first, trans)}</td>
                  <td data-number>{valueOf(row.field, row.second, trans)}</td>
                  {withDifference && (
                    <td data-number>{differenceOf(row, trans)}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function valueOf(
  field: string,
  value: unknown,
  trans: TranslationBundle
): string {
  if (value === null || value === undefined) {
    return NONE;
  }
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  if (typeof value !== 'number') {
    return String(value);
  }
  if (field === 'bytes') {
    return bytes(value);
  }
  return field.endsWith('_share') ? share(value) : exact(value);
}

function differenceOf(row: Difference, trans: TranslationBundle): string {
  const { field, first, second } = row;
  // The difference of two ids says nothing.
  if (
    typeof first !== 'number' ||
    typeof second !== 'number' ||
    field.endsWith('_id')
  ) {
    return '';
  }
  const difference = second - first;
  const value = valueOf(field, Math.abs(difference), trans);
  return difference === 0 ? '0' : `${difference > 0 ? '+' : '−'}${value}`;
}
