import * as React from 'react';
import type { Message } from '../../api/types';
import { useTrans } from '../../ui/hooks';
import { SampleText } from './sampleText';

/** A conversation: each turn with who says it. */
export function Turns(props: {
  messages: readonly Message[];
  search: string;
}): JSX.Element {
  const trans = useTrans();
  const roles: Record<Message['role'], string> = {
    system: trans.__('system'),
    user: trans.__('user'),
    assistant: trans.__('assistant'),
    tool: trans.__('tool')
  };
  return (
    <ol className="jp-mistudio-Turns" aria-label={trans.__('Turns')}>
      {props.messages.map(({ role, content }, at) => (
        <li key={at} data-role={role}>
          <span className="jp-mistudio-Turns-role">{roles[role]}</span>
          <SampleText text={content} search={props.search} />
        </li>
      ))}
    </ol>
  );
}
