import {
  addBelowIcon,
  closeIcon,
  codeIcon,
  refreshIcon,
  runIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { JobAction } from '../api/types';
import { ObjectRow, type IRowAction } from '../ui/objectRow';
import { useTrans } from '../ui/hooks';
import { pauseIcon } from '../ui/icons';
import type { DatasetActions } from './actions';
import { isDataset, type DatasetObject } from './model';
import type { IRow, ListState } from './listState';
import { tokenizationIcon } from './icons';
import { chipLabel, chipOf, reasonOf, rowFacts } from './words';

/** A dataset or tokenization in the panel's list. */
export function DatasetRow(props: {
  row: IRow;
  state: ListState;
  actions: DatasetActions;
  onSelect: (id: string) => void;
}): JSX.Element {
  const trans = useTrans();
  const { row, state, actions } = props;
  const { object } = row;
  if (state.renaming === object.id) {
    return (
      <RenameRow
        object={object}
        level={row.level}
        onDone={name => {
          state.renaming = null;
          if (name !== null) {
            void actions.rename(object, name);
          }
        }}
      />
    );
  }
  const facts = rowFacts(object, trans);
  return (
    <ObjectRow
      id={object.id}
      name={object.name}
      state={chipOf(object)}
      stateLabel={chipLabel(object)}
      reason={reasonOf(object, trans)}
      facts={facts}
      progress={object.state === 'working' ? object.job?.progress : null}
      actions={rowActions(object, actions, trans)}
      selected={state.selected.has(object.id)}
      level={row.level}
      expanded={row.expanded}
      onExpand={expanded => state.expand(object.id, expanded)}
      onOpen={() => actions.open(object)}
      onSelect={() => props.onSelect(object.id)}
      onMouseDown={event => actions.drag(event, object)}
    />
  );
}

/** While a job works, its controls; else what one does with the object. */
export function rowActions(
  object: DatasetObject,
  actions: DatasetActions,
  trans: TranslationBundle
): IRowAction[] {
  const { job } = object;
  if (object.state !== 'ready' && job && job.state !== 'succeeded') {
    return jobActions(object, actions, trans);
  }
  const { handoff } = actions;
  const list: IRowAction[] = [];
  if (isDataset(object)) {
    list.push({
      id: 'tokenize',
      label: trans.__('Tokenize…'),
      icon: tokenizationIcon,
      reason: object.state === 'ready' ? null : trans.__('It has no text yet.'),
      run: () => actions.tokenize(object.id)
    });
  }
  if (handoff) {
    list.push(
      {
        id: 'insert',
        label: trans.__('Insert into Notebook'),
        icon: addBelowIcon,
        reason: handoff.insertBlocked(),
        run: () => void actions.insert(object)
      },
      {
        id: 'send',
        label: trans.__('Send to Kernel'),
        icon: codeIcon,
        reason: handoff.sendBlocked(),
        run: () => void actions.send(object)
      }
    );
  }
  return list;
}

/** What its job allows now; those that never fit the state are left out. */
export function jobActions(
  object: DatasetObject,
  actions: DatasetActions,
  trans: TranslationBundle
): IRowAction[] {
  const { job } = object;
  if (!job) {
    return [];
  }
  const action = (
    id: JobAction,
    label: string,
    icon: IRowAction['icon']
  ): IRowAction => ({
    id,
    label,
    icon,
    reason: actions.refusal(job, id),
    run: () => void actions.control(object, id)
  });
  switch (job.state) {
    case 'failed':
    case 'cancelled':
      return [action('retry', trans.__('Try again'), refreshIcon)];
    case 'paused':
    case 'interrupted':
    case 'pausing':
      return [
        action('resume', trans.__('Resume'), runIcon),
        action('cancel', trans.__('Cancel'), closeIcon)
      ];
    default:
      return [
        action('pause', trans.__('Pause'), pauseIcon),
        action('cancel', trans.__('Cancel'), closeIcon)
      ];
  }
}

/** The row with its name as a field: Enter keeps the new name, Escape the old. */
function RenameRow(props: {
  object: DatasetObject;
  level: number;
  onDone: (name: string | null) => void;
}): JSX.Element {
  const trans = useTrans();
  const { object, onDone } = props;
  const [name, setName] = React.useState(object.name);
  const done = React.useRef(false);
  const finish = (value: string | null) => {
    if (!done.current) {
      done.current = true;
      onDone(value);
    }
  };
  return (
    <div
      className="jp-mistudio-Row jp-mistudio-RenameRow"
      data-level={props.level}
    >
      <input
        className="jp-mod-styled"
        aria-label={trans.__('New name of %1', object.name)}
        value={name}
        maxLength={200}
        autoFocus
        onFocus={event => event.target.select()}
        onChange={event => setName(event.target.value)}
        onBlur={() => finish(name)}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Enter' || event.key === 'Escape') {
            finish(event.key === 'Enter' ? name : null);
          }
        }}
      />
    </div>
  );
}
