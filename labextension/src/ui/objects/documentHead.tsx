import { Button, copyIcon, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useSignal, useTrans } from '../hooks';
import type { IRowAction } from '../objectRow';
import { StateChip } from '../stateChip';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';
import { chipLabel, chipOf, reasonOf } from './words';

/** An object's name, state and facts, and what can be done with it; the name is also a handle to drag. */
export function DocumentHead<
  Head extends IRecord,
  Nested extends IRecord
>(props: {
  desk: ObjectsDesk<Head, Nested>;
  object: Head | Nested;
  facts: readonly string[];
  /** Looked for anew whenever another notebook is in front. */
  actions: () => readonly IRowAction[];
}): JSX.Element {
  const trans = useTrans();
  const { desk, object } = props;
  const { actions } = desk;
  useSignal(desk.targetChanged, () => null);
  return (
    <header className="jp-mistudio-DocumentHead">
      <div className="jp-mistudio-DocumentHead-first">
        <h2
          className="jp-mistudio-DocumentHead-name"
          title={
            actions.handoff
              ? trans.__('%1\nDrag it into a notebook.', object.name)
              : object.name
          }
          onMouseDown={event => actions.drag(event, object)}
        >
          <bdi>{object.name}</bdi>
        </h2>
        <StateChip
          state={chipOf(object)}
          label={chipLabel(object)}
          reason={reasonOf(object, trans)}
        />
        <div
          className="jp-mistudio-DocumentHead-actions"
          role="toolbar"
          aria-label={trans.__('Actions')}
        >
          {props.actions().map(({ id, ...action }) => (
            <HeadButton key={id} {...action} />
          ))}
          {actions.handoff && (
            <HeadButton
              label={trans.__('Copy as Code')}
              icon={copyIcon}
              run={() => void actions.copy(object)}
            />
          )}
        </div>
      </div>
      <div className="jp-mistudio-DocumentHead-facts">
        {props.facts.filter(Boolean).join(' · ')}
        {object.tags.map(tag => (
          <bdi key={tag} className="jp-mistudio-Tag">
            {tag}
          </bdi>
        ))}
      </div>
    </header>
  );
}

function HeadButton(props: {
  label: string;
  icon: LabIcon;
  reason?: string | null;
  run: () => void;
}): JSX.Element {
  const { label, icon, reason, run } = props;
  const Icon = icon.react;
  return (
    <Button
      minimal
      small
      title={reason ? `${label}\n${reason}` : label}
      aria-label={reason ? `${label}: ${reason}` : label}
      // Not `disabled`: that would hide the reason from pointer and focus.
      aria-disabled={!!reason}
      onClick={() => {
        if (!reason) {
          run();
        }
      }}
    >
      <Icon tag="span" />
    </Button>
  );
}
