import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { HookStatistics } from '../../api/types';
import { exact, measured, NONE } from '../../ui/format';
import { useTrans } from '../../ui/hooks';

/** Outlier dimensions that are named; of the rest their number. */
const NAMED = 6;

/** The statistics of each hook point, in the order of the forward pass. */
export function HookTable(props: {
  hooks: readonly HookStatistics[];
}): JSX.Element {
  const trans = useTrans();
  const columns: [word: string, help: string][] = [
    [trans.__('Width'), trans.__('Values of each vector.')],
    [trans.__('Mean norm'), trans.__('Average length of its vectors.')],
    [
      trans.__('Mean squared norm'),
      trans.__('What scaling factors are made from.')
    ],
    [trans.__('Mean'), trans.__('Over all dimensions together.')],
    [
      trans.__('Deviation'),
      trans.__(
        'Root of the variance of each dimension, averaged over the dimensions.'
      )
    ],
    [trans.__('Largest'), trans.__('The largest absolute value.')]
  ];
  return (
    <div className="jp-mistudio-wide">
      <table
        className="jp-mistudio-Counts"
        aria-label={trans.__('Statistics of each hook point')}
      >
        <thead>
          <tr>
            <th scope="col">{trans.__('Hook point')}</th>
            {columns.map(([word, help]) => (
              <th key={word} scope="col" data-number title={help}>
                {word}
              </th>
            ))}
            <th
              scope="col"
              title={trans.__(
                'Dimensions whose root mean square is over 6 times that of the median dimension.'
              )}
            >
              {trans.__('Outlier dimensions')}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.hooks.map(each => (
            <tr key={each.hook}>
              <th scope="row">{each.hook}</th>
              <td data-number>{exact(each.width)}</td>
              <td data-number>{measured(each.mean_norm)}</td>
              <td data-number>{measured(each.mean_square_norm)}</td>
              <td data-number>{measured(each.mean)}</td>
              <td data-number>{measured(each.deviation)}</td>
              <td data-number>{measured(each.largest)}</td>
              <td title={each.outliers.join(', ')}>
                {outliersOf(each.outliers, trans)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function outliersOf(
  outliers: readonly number[],
  trans: TranslationBundle
): string {
  const named = outliers.slice(0, NAMED).join(', ');
  return outliers.length > NAMED
    ? trans.__('%1 and %2 more', named, exact(outliers.length - NAMED))
    : named || NONE;
}
