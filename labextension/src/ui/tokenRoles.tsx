import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useTrans } from './hooks';

/** Whose a token of a conversation is; the contract numbers them. */
export function roleWord(role: number, trans: TranslationBundle): string {
  const words = [
    trans.__('chat template'),
    trans.__('system'),
    trans.__('user'),
    trans.__('assistant'),
    trans.__('tool')
  ];
  return words[role] ?? String(role);
}

/** Letters to show a mark on. */
const SAMPLE = 'Aa';

/** How the tokens of each role that occurs are marked. */
export function RoleLegend(props: { roles: readonly number[] }): JSX.Element {
  const trans = useTrans();
  const occurring = [...new Set(props.roles)].sort((a, b) => a - b);
  return (
    <ul
      className="jp-mistudio-RoleLegend"
      aria-label={trans.__('Whose tokens they are')}
    >
      {occurring.map(role => (
        <li key={role}>
          <span className="jp-mistudio-Token" data-role={role} aria-hidden>
            {SAMPLE}
          </span>{' '}
          {roleWord(role, trans)}
        </li>
      ))}
    </ul>
  );
}
