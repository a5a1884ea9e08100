import * as React from 'react';
import { ObjectRow, type IRowAction } from '../objectRow';
import { useTrans } from '../hooks';
import type { ObjectsDesk } from './desk';
import type { IRow } from './listState';
import type { IRecord } from './record';
import { chipLabel, chipOf, progressOf, reasonOf } from './words';

/** An object in a panel's list, or the field for its new name. */
export function ListRow<Head extends IRecord, Nested extends IRecord>(props: {
  row: IRow<Head | Nested>;
  desk: ObjectsDesk<Head, Nested>;
  facts: readonly string[];
  mark?: string;
  actions: readonly IRowAction[];
  onSelect: (id: string) => void;
}): JSX.Element {
  const trans = useTrans();
  const { row, desk } = props;
  const { state, actions } = desk;
  const { object } = row;
  if (state.renaming === object.id) {
    return (
      <RenameRow
        name={object.name}
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
  return (
    <ObjectRow
      id={object.id}
      name={object.name}
      state={chipOf(object)}
      stateLabel={chipLabel(object)}
      reason={reasonOf(object, trans)}
      mark={props.mark}
      facts={props.facts}
      progress={progressOf(object)}
      actions={props.actions}
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

/** The row with its name as a field: Enter keeps the new name, Escape the old. */
function RenameRow(props: {
  name: string;
  level: number;
  onDone: (name: string | null) => void;
}): JSX.Element {
  const trans = useTrans();
  const { onDone } = props;
  const [name, setName] = React.useState(props.name);
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
        aria-label={trans.__('New name of %1', props.name)}
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
