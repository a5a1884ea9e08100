import { Button, copyIcon, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Dataset } from '../../api/types';
import { useSignal, useTrans } from '../../ui/hooks';
import { StateChip } from '../../ui/stateChip';
import type { DatasetDocument } from './documentModel';
import { arrangeIcon, cleanIcon } from '../icons';
import { rowActions } from '../row';
import { chipLabel, chipOf, reasonOf, rowFacts } from '../words';

/** The dataset's name, state and facts, and what can be done with it; the name is also a handle to drag. */
export function DocumentHead(props: {
  document: DatasetDocument;
  dataset: Dataset;
}): JSX.Element {
  const trans = useTrans();
  const { document, dataset } = props;
  const { actions, targetChanged } = document.desk;
  useSignal(targetChanged, () => null);
  return (
    <header className="jp-mistudio-DocumentHead">
      <div className="jp-mistudio-DocumentHead-first">
        <h2
          className="jp-mistudio-DocumentHead-name"
          title={
            actions.handoff
              ? trans.__('%1\nDrag it into a notebook.', dataset.name)
              : dataset.name
          }
          onMouseDown={event => actions.drag(event, dataset)}
        >
          <bdi>{dataset.name}</bdi>
        </h2>
        <StateChip
          state={chipOf(dataset)}
          label={chipLabel(dataset)}
          reason={reasonOf(dataset, trans)}
        />
        <div
          className="jp-mistudio-DocumentHead-actions"
          role="toolbar"
          aria-label={trans.__('Actions')}
        >
          {rowActions(dataset, actions, trans).map(action => (
            <HeadButton
              key={action.id}
              label={action.label}
              icon={action.icon}
              reason={action.reason}
              run={action.run}
            />
          ))}
          {dataset.state === 'ready' && (
            <>
              <HeadButton
                label={trans.__('Clean…')}
                icon={cleanIcon}
                run={() => {
                  document.tab = 'clean';
                }}
              />
              <HeadButton
                label={trans.__('Shuffle and split…')}
                icon={arrangeIcon}
                run={() => {
                  document.tab = 'arrange';
                }}
              />
            </>
          )}
          {actions.handoff && (
            <HeadButton
              label={trans.__('Copy as Code')}
              icon={copyIcon}
              run={() => void actions.copy(dataset)}
            />
          )}
        </div>
      </div>
      <div className="jp-mistudio-DocumentHead-facts">
        {rowFacts(dataset, trans).filter(Boolean).join(' · ')}
        {dataset.tags.map(tag => (
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
