import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { ApiError } from '../api/errors';
import { useModel, useSignal, useTrans } from '../ui/hooks';
import { ListKeys } from '../ui/listKeys';
import { EmptyState, ErrorNote } from '../ui/notes';
import type { DatasetsDesk } from './desk';
import { ListHead } from './listHead';
import type { IRow, SelectHow } from './listState';
import { DatasetRow } from './row';
import { UploadRow } from './uploadRow';

const ROW = 45;

/** The panel: what is on its way, then the datasets with their tokenizations. */
export function DatasetList(props: { desk: DatasetsDesk }): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  const model = useModel(desk.model);
  const state = useModel(desk.state);
  const uploads = useModel(desk.uploads);
  // Whether something can be inserted or sent depends on what is open beside us.
  useSignal(desk.targetChanged, () => null);
  // Disabled buttons say whether the server is there.
  useSignal(desk.studio.events.stateChanged, () => null);
  const rows = state.rows();
  return (
    <div
      className="jp-mistudio-Datasets"
      onPointerEnter={() => {
        state.isHeld = true;
      }}
      onPointerLeave={() => {
        state.isHeld = false;
      }}
    >
      <ListHead desk={desk} />
      {model.error && showsHere(model.error, model.isLoaded) && (
        <ErrorNote
          error={model.error}
          action={{
            label: trans.__('Try again'),
            run: () => void model.refresh()
          }}
        />
      )}
      {uploads.all.length > 0 && (
        <ListKeys
          className="jp-mistudio-Uploads"
          ids={uploads.all.map(upload => upload.id)}
          label={trans.__('Files on their way')}
          onOpen={() => undefined}
          onSelect={() => undefined}
          onDelete={id => {
            const upload = uploads.all.find(each => each.id === id);
            if (upload) {
              void uploads.cancel(upload);
            }
          }}
        >
          {uploads.all.map(upload => (
            <UploadRow key={upload.id} upload={upload} uploads={uploads} />
          ))}
        </ListKeys>
      )}
      {rows.length > 0 ? (
        <Rows desk={desk} rows={rows} />
      ) : (
        <Nothing desk={desk} />
      )}
      {model.isLoaded && model.datasets.length > 0 && (
        <p className="jp-mistudio-Datasets-hint">
          {trans.__('Drop a file here to add it.')}
        </p>
      )}
    </div>
  );
}

/** The panel's head speaks of a lost connection; a list that never came says so itself. */
function showsHere(error: ApiError, isLoaded: boolean): boolean {
  return !error.isConnection || (!isLoaded && error.code === 'unreachable');
}

function Nothing(props: { desk: DatasetsDesk }): JSX.Element | null {
  const trans = useTrans();
  const { model, state, uploads } = props.desk;
  if (model.isLoading) {
    return (
      <p className="jp-mistudio-Datasets-hint" role="status">
        {trans.__('Loading…')}
      </p>
    );
  }
  if (!model.isLoaded || uploads.all.length > 0) {
    return null;
  }
  return model.datasets.length ? (
    <EmptyState
      sentence={trans.__('No dataset is like that.')}
      button={{
        label: trans.__('Show all datasets'),
        run: () => state.clearFilter()
      }}
    />
  ) : (
    <EmptyState
      sentence={trans.__(
        'No text yet: drop a .txt or .jsonl file here, or choose one.'
      )}
      button={{
        label: trans.__('Upload a file…'),
        run: () => props.desk.chooseUpload()
      }}
    />
  );
}

/** Only the rows in sight exist. */
function Rows(props: {
  desk: DatasetsDesk;
  rows: readonly IRow[];
}): JSX.Element {
  const { desk, rows } = props;
  const { state, actions } = desk;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const how = React.useRef<SelectHow>('only');
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: index => rows[index].object.id,
    estimateSize: () => ROW,
    initialOffset: state.scroll,
    overscan: 8
  });
  useFocusAfterRename(scroller, state.renaming);
  const ids = rows.map(row => row.object.id);
  const select = (id: string) => state.select(id, how.current);
  const remove = (id: string) => {
    const object = desk.model.find(id);
    if (object) {
      void actions.remove(
        state.selected.has(id) ? state.selectedObjects : [object]
      );
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mistudio-Datasets-scroll"
      // The menu and the shortcuts that carry objects into notebooks look for this.
      data-mistudio-objects
      onScroll={event => {
        state.scroll = event.currentTarget.scrollTop;
      }}
      // A row says that it was chosen, not how; that is seen here on the way down.
      onClickCapture={event => {
        how.current = event.shiftKey
          ? 'range'
          : event.ctrlKey || event.metaKey
            ? 'toggle'
            : 'only';
      }}
      onContextMenuCapture={() => {
        how.current = 'keep';
      }}
      onKeyDownCapture={() => {
        how.current = 'toggle';
      }}
      onFocus={event => {
        state.focused = rowAt(event.target);
      }}
      onBlur={() => {
        state.focused = null;
      }}
    >
      <ListKeys
        ids={ids}
        label={trans.__('Datasets')}
        onOpen={id => {
          const object = desk.model.find(id);
          if (object) {
            actions.open(object);
          }
        }}
        onSelect={select}
        onDelete={remove}
        onExpand={(id, expanded) => state.expand(id, expanded)}
        onReveal={index => virtual.scrollToIndex(index)}
      >
        <div
          role="none"
          className="jp-mistudio-Datasets-all"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(item => (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="none"
              className="jp-mistudio-Datasets-place"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <DatasetRow
                row={rows[item.index]}
                state={state}
                actions={actions}
                onSelect={select}
              />
            </div>
          ))}
        </div>
      </ListKeys>
    </div>
  );
}

/** When the field for a new name goes, the focus goes back to its row. */
function useFocusAfterRename(
  scroller: React.RefObject<HTMLElement>,
  renaming: string | null
): void {
  const before = React.useRef<string | null>(null);
  React.useEffect(() => {
    if (before.current !== null && renaming === null) {
      scroller.current
        ?.querySelector<HTMLElement>(
          `[data-row-id="${CSS.escape(before.current)}"]`
        )
        ?.focus();
    }
    before.current = renaming;
  }, [scroller, renaming]);
}

function rowAt(target: EventTarget): string | null {
  const row =
    target instanceof Element
      ? target.closest<HTMLElement>('[data-row-id]')
      : null;
  return row?.dataset.rowId ?? null;
}
