import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CleaningRule, RuleCount } from '../../api/types';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';

/** What a rule of a cleaning does, or found. */
export function ruleWord(rule: CleaningRule, trans: TranslationBundle): string {
  const words: Record<CleaningRule, string> = {
    strip_html: trans.__('HTML stripped'),
    strip_control: trans.__('Control characters stripped'),
    normalize_unicode: trans.__('Unicode normalized'),
    collapse_blanks: trans.__('Blanks collapsed'),
    min_characters: trans.__('Too short'),
    max_characters: trans.__('Too long'),
    drop_pattern: trans.__('Pattern found'),
    drop_duplicates: trans.__('Duplicate')
  };
  return words[rule];
}

/** How many samples each rule changed or dropped. */
export function RuleTable(props: {
  rules: readonly RuleCount[];
}): JSX.Element | null {
  const trans = useTrans();
  if (!props.rules.length) {
    return null;
  }
  return (
    <table className="jp-mistudio-Counts" aria-label={trans.__('Rules')}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Rule')}</th>
          <th scope="col" data-number>
            {trans.__('Changed')}
          </th>
          <th scope="col" data-number>
            {trans.__('Dropped')}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rules.map(({ rule, changed, dropped }) => (
          <tr key={rule}>
            <th scope="row">{ruleWord(rule, trans)}</th>
            <td data-number>{exact(changed)}</td>
            <td data-number>{exact(dropped)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
