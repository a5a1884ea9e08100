import * as React from 'react';
import type { ApiError } from '../../api/errors';
import { useModel, useSignal, useTrans } from '../hooks';
import { EmptyState, ErrorNote, type INoteButton } from '../notes';
import type { IRowAction } from '../objectRow';
import { VirtualRows } from '../virtualRows';
import type { ObjectsDesk } from './desk';
import { ListHead } from './listHead';
import { ListRow } from './listRow';
import type { IRow, SelectHow } from './listState';
import type { IRecord } from './record';

/** Pixels of a row, before it has been measured. */
const ROW = 45;

export interface IObjectListProps<
  Head extends IRecord,
  Nested extends IRecord
> {
  desk: ObjectsDesk<Head, Nested>;
  /** Of the list, for the menus of its rows. */
  className: string;
  label: string;
  addTitle: string;
  /** What begins something at once, where there is no choice of what to add. */
  add?: INoteButton;
  factsOf: (object: Head | Nested) => readonly string[];
  actionsOf: (object: Head | Nested) => readonly IRowAction[];
  /** A short word before the state, as a model's precision. */
  markOf?: (object: Head | Nested) => string | undefined;
  /** More ways to choose among the rows, below the filter. */
  filters?: React.ReactNode;
  /** What stands above the rows, as files on their way. */
  above?: React.ReactNode;
  /** Stands below the rows, where there are some. */
  hint?: string;
  /** Where the filter hides all. */
  noneLike: { sentence: string; showAll: string };
  /** Where there is nothing. */
  empty: { sentence: string; button: INoteButton; demo?: INoteButton };
}

/** A panel's list: what adds and filters, then the objects with those made of them. */
export function ObjectList<Head extends IRecord, Nested extends IRecord>(
  props: IObjectListProps<Head, Nested>
): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  const model = useModel(desk.model);
  const state = useModel(desk.state);
  // Whether something can be inserted or sent depends on what is open beside us.
  useSignal(desk.targetChanged, () => null);
  // Disabled buttons say whether the server is there.
  useSignal(desk.studio.events.stateChanged, () => null);
  const rows = state.rows();
  return (
    <div
      className={`jp-mistudio-Objects ${props.className}`}
      onPointerEnter={() => {
        state.isHeld = true;
      }}
      onPointerLeave={() => {
        state.isHeld = false;
      }}
    >
      <ListHead
        desk={desk}
        label={props.label}
        addTitle={props.addTitle}
        add={props.add}
      />
      {props.filters}
      {model.error && showsHere(model.error, model.isLoaded) && (
        <ErrorNote
          error={model.error}
          action={{
            label: trans.__('Try again'),
            run: () => void model.refresh()
          }}
        />
      )}
      {props.above}
      {rows.length > 0 ? (
        <Rows {...props} rows={rows} />
      ) : (
        <Nothing {...props} />
      )}
      {model.isLoaded && model.heads.length > 0 && props.hint && (
        <p className="jp-mistudio-Objects-hint">{props.hint}</p>
      )}
    </div>
  );
}

/** The panel's head speaks of a lost connection; a list that never came says so itself. */
function showsHere(error: ApiError, isLoaded: boolean): boolean {
  return !error.isConnection || (!isLoaded && error.code === 'unreachable');
}

function Nothing<Head extends IRecord, Nested extends IRecord>(
  props: IObjectListProps<Head, Nested>
): JSX.Element | null {
  const trans = useTrans();
  const { model, state } = props.desk;
  if (model.isLoading) {
    return (
      <p className="jp-mistudio-Objects-hint" role="status">
        {trans.__('Loading…')}
      </p>
    );
  }
  if (!model.isLoaded || props.above) {
    return null;
  }
  const { noneLike } = props;
  return model.heads.length ? (
    <EmptyState
      sentence={noneLike.sentence}
      button={{ label: noneLike.showAll, run: () => state.clearFilter() }}
    />
  ) : (
    <EmptyState {...props.empty} />
  );
}

function Rows<Head extends IRecord, Nested extends IRecord>(
  props: IObjectListProps<Head, Nested> & {
    rows: readonly IRow<Head | Nested>[];
  }
): JSX.Element {
  const { desk, rows } = props;
  const { model, state, actions } = desk;
  const how = React.useRef<SelectHow>('only');
  const select = (id: string) => state.select(id, how.current);
  const withObject = (id: string, what: (object: Head | Nested) => void) => {
    const object = model.find(id);
    if (object) {
      what(object);
    }
  };
  return (
    <VirtualRows
      className="jp-mistudio-Objects"
      label={props.label}
      rows={rows}
      idOf={idOf}
      height={ROW}
      scroll={state.scroll}
      onScrolled={scroll => {
        state.scroll = scroll;
      }}
      edited={state.renaming}
      onOpen={id => withObject(id, object => actions.open(object))}
      onSelect={select}
      onDelete={id =>
        withObject(id, object => void actions.remove(state.groupOf(object)))
      }
      onExpand={(id, expanded) => state.expand(id, expanded)}
      parentOf={id => {
        const object = model.find(id);
        return object && !model.isHead(object)
          ? model.parentIdOf(object)
          : undefined;
      }}
      scroller={{
        // The menu and the shortcuts that carry objects into notebooks look for this.
        'data-mistudio-objects': true,
        // A row says that it was chosen, not how; that is seen here on the way down.
        onClickCapture: event => {
          how.current = event.shiftKey
            ? 'range'
            : event.ctrlKey || event.metaKey
              ? 'toggle'
              : 'only';
        },
        onContextMenuCapture: () => {
          how.current = 'keep';
        },
        onKeyDownCapture: () => {
          how.current = 'toggle';
        },
        onFocus: event => {
          state.focused = rowAt(event.target);
        },
        onBlur: () => {
          state.focused = null;
        }
      }}
      draw={row => (
        <ListRow
          row={row}
          desk={desk}
          mark={props.markOf?.(row.object)}
          facts={props.factsOf(row.object)}
          actions={props.actionsOf(row.object)}
          onSelect={select}
        />
      )}
    />
  );
}

function idOf(row: IRow<IRecord>): string {
  return row.object.id;
}

function rowAt(target: Element): string | null {
  return target.closest<HTMLElement>('[data-row-id]')?.dataset.rowId ?? null;
}
