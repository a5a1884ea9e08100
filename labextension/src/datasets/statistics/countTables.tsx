import * as React from 'react';
import type { SplitCount, Statistics } from '../../api/types';
import { csvCell } from '../../ui/charts/chartData';
import { saveFile } from '../../ui/download';
import { exact, share } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { ShareBar } from '../../ui/share';
import { TokenChip } from '../../ui/tokenStrip';

type Counted = Statistics['top_tokens'][number];

/** The commonest tokens, each as it looks in a text. */
export function TopTokens(props: {
  tokens: readonly Counted[];
  name: string;
}): JSX.Element | null {
  const trans = useTrans();
  const { tokens, name } = props;
  const id = React.useId();
  if (!tokens.length) {
    return null;
  }
  const most = tokens[0].count;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        {trans.__('Commonest tokens')}{' '}
        <button
          type="button"
          className="jp-mistudio-Link"
          onClick={() =>
            saveFile(
              `${name.replace(/[^\p{L}\p{N}]+/gu, '-')}-tokens.csv`,
              new Blob([tokensCsv(tokens)], { type: 'text/csv' })
            )
          }
        >
          {trans.__('Save as CSV')}
        </button>
      </h3>
      <table className="jp-mistudio-Counts" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Token')}</th>
            <th scope="col" data-number>
              {trans.__('Id')}
            </th>
            <th scope="col" data-number>
              {trans.__('Count')}
            </th>
            <th scope="col" data-number>
              {trans.__('Share')}
            </th>
            <td aria-hidden />
          </tr>
        </thead>
        <tbody>
          {tokens.map(({ piece, count, share: part }) => (
            <tr key={piece.id}>
              <td className="jp-mistudio-Counts-token">
                <TokenChip token={piece} />
              </td>
              <td data-number>{piece.id}</td>
              <td data-number>{exact(count)}</td>
              <td data-number>{share(part)}</td>
              <td className="jp-mistudio-Counts-bar" aria-hidden>
                <ShareBar share={count / most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function tokensCsv(tokens: readonly Counted[]): string {
  const rows = [
    ['id', 'token', 'text', 'count', 'share'],
    ...tokens.map(({ piece, count, share: part }) => [
      piece.id,
      piece.token,
      piece.text,
      count,
      part
    ])
  ];
  return rows.map(row => row.map(csvCell).join(',') + '\r\n').join('');
}

/** How samples and tokens fall to the splits, and what is held out. */
export function SplitTable(props: {
  splits: readonly SplitCount[];
  heldOut: SplitCount;
}): JSX.Element {
  const trans = useTrans();
  const { splits, heldOut } = props;
  const id = React.useId();
  const all = splits.reduce((sum, each) => sum + each.tokens, 0);
  const row = (each: SplitCount, name: string) => (
    <tr key={name}>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td data-number>{exact(each.samples)}</td>
      <td data-number>{exact(each.tokens)}</td>
      <td data-number>{all ? share(each.tokens / all) : ''}</td>
      <td className="jp-mistudio-Counts-bar" aria-hidden>
        <ShareBar share={all ? each.tokens / all : 0} />
      </td>
    </tr>
  );
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{trans.__('Splits')}</h3>
      <table className="jp-mistudio-Counts" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Split')}</th>
            <th scope="col" data-number>
              {trans.__('Samples')}
            </th>
            <th scope="col" data-number>
              {trans.__('Tokens')}
            </th>
            <th scope="col" data-number>
              {trans.__('Share')}
            </th>
            <td aria-hidden />
          </tr>
        </thead>
        <tbody>{splits.map(each => row(each, each.split))}</tbody>
        <tfoot>{row(heldOut, trans.__('of these, held out'))}</tfoot>
      </table>
    </section>
  );
}
