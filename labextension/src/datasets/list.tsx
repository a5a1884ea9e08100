import * as React from 'react';
import type { ApiError } from '../api/errors';
import { useModel, useSignal, useTrans } from '../ui/hooks';
import { ListKeys } from '../ui/listKeys';
import { EmptyState, ErrorNote } from '../ui/notes';
import { VirtualRows } from '../ui/virtualRows';
import type { DatasetsDesk } from './desk';
import { ListHead } from './listHead';
import type { IRow, SelectHow } from './listState';
import { isDataset, type DatasetObject } from './model';
import { DatasetRow } from './row';
import { UploadRow } from './adding/uploadRow';

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
          onOpen={id => {
            const upload = uploads.all.find(each => each.id === id);
            if (upload?.state === 'asking') {
              uploads.answer(upload);
            }
          }}
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
        'No text yet: drop a file with text here, or choose one.'
      )}
      button={{
        label: trans.__('Upload a file…'),
        run: () => props.desk.chooseUpload()
      }}
    />
  );
}

function Rows(props: {
  desk: DatasetsDesk;
  rows: readonly IRow[];
}): JSX.Element {
  const { desk, rows } = props;
  const { model, state, actions } = desk;
  const trans = useTrans();
  const how = React.useRef<SelectHow>('only');
  const select = (id: string) => state.select(id, how.current);
  const withObject = (id: string, what: (object: DatasetObject) => void) => {
    const object = model.find(id);
    if (object) {
      what(object);
    }
  };
  return (
    <VirtualRows
      className="jp-mistudio-Datasets"
      label={trans.__('Datasets')}
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
        return object && !isDataset(object) ? object.parent : undefined;
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
        <DatasetRow
          row={row}
          state={state}
          actions={actions}
          onSelect={select}
        />
      )}
    />
  );
}

function idOf(row: IRow): string {
  return row.object.id;
}

function rowAt(target: Element): string | null {
  return target.closest<HTMLElement>('[data-row-id]')?.dataset.rowId ?? null;
}
