import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ApiError } from '../api/errors';
import { useTrans } from './hooks';

export interface INoteButton {
  label: string;
  run: () => void;
}

/** Nothing is here: one sentence, and one button that changes it; beside it perhaps one that loads the demo. */
export function EmptyState(props: {
  sentence: string;
  button?: INoteButton;
  demo?: INoteButton;
}): JSX.Element {
  return (
    <div className="jp-mistudio-EmptyState">
      <p>{props.sentence}</p>
      {props.button && <NoteButton {...props.button} />}
      {props.demo && (
        <Button className="jp-mod-styled" small onClick={props.demo.run}>
          {props.demo.label}
        </Button>
      )}
    </div>
  );
}

/** What went wrong, where it went wrong: a sentence, what to do, one button; details folded. */
export function ErrorNote(props: {
  error: ApiError;
  action?: INoteButton;
}): JSX.Element {
  const trans = useTrans();
  const { error, action } = props;
  return (
    <div className="jp-mistudio-ErrorNote" role="alert">
      <p className="jp-mistudio-ErrorNote-message">{error.message}</p>
      {error.hint && <p>{error.hint}</p>}
      {action && <NoteButton {...action} />}
      {error.status > 0 && (
        <details>
          <summary>{trans.__('Details')}</summary>
          <code>
            {[error.code, error.status, error.requestId]
              .filter(Boolean)
              .join(' · ')}
          </code>
        </details>
      )}
    </div>
  );
}

/** What one should know before using something, which works all the same. */
export function Warnings(props: {
  warnings: readonly string[] | undefined;
}): JSX.Element | null {
  const trans = useTrans();
  if (!props.warnings?.length) {
    return null;
  }
  return (
    <div
      className="jp-mistudio-Warnings"
      role="note"
      aria-label={trans.__('Warnings')}
    >
      <ul>
        {props.warnings.map(warning => (
          <li key={warning}>
            <bdi>{warning}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

function NoteButton(props: INoteButton): JSX.Element {
  return (
    <Button className="jp-mod-styled jp-mod-accept" small onClick={props.run}>
      {props.label}
    </Button>
  );
}
