import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { Job } from '../api/types';
import { exact } from '../ui/format';
import { useModel, useSignal, useTrans } from '../ui/hooks';
import { ListKeys } from '../ui/listKeys';
import { EmptyState, ErrorNote } from '../ui/notes';
import type { JobsDesk } from './desk';
import { JobFilter } from './filter';
import { keepOrder } from './order';
import { JobRow } from './row';

const ROW = 43;

/** The list of jobs with its filter. */
export function JobList(props: { desk: JobsDesk }): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  const model = useModel(desk.model);
  const view = useModel(desk.view);
  // Disabled buttons say whether the server is there.
  useSignal(desk.studio.events.stateChanged, () => null);
  const [isOver, setOver] = React.useState(false);
  const shown = useSteady(
    model.jobs.filter(job => view.shows(job)),
    isOver
  );
  if (!view.isReady) {
    return <div className="jp-mistudio-JobList" aria-busy />;
  }
  return (
    <div
      className="jp-mistudio-JobList"
      onPointerEnter={() => setOver(true)}
      onPointerLeave={() => setOver(false)}
    >
      <JobFilter model={model} view={view} />
      {model.error && !model.error.isConnection && (
        <ErrorNote
          error={model.error}
          action={{ label: trans.__('Try again'), run: () => model.refresh() }}
        />
      )}
      {shown.length ? (
        <Rows jobs={shown} desk={desk} />
      ) : (
        <Nothing desk={desk} />
      )}
      {model.total > model.jobs.length && (
        <p className="jp-mistudio-JobList-more">
          {trans.__(
            'The newest %1 of %2 jobs.',
            exact(model.jobs.length),
            exact(model.total)
          )}{' '}
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => {
              model.limit = Math.min(10_000, model.limit * 2);
            }}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </div>
  );
}

function Nothing(props: { desk: JobsDesk }): JSX.Element | null {
  const trans = useTrans();
  const { model, view } = props.desk;
  if (!model.isLoaded) {
    return null;
  }
  return model.jobs.length ? (
    <EmptyState
      sentence={trans.__('No job is like that.')}
      button={{
        label: trans.__('Show all jobs'),
        run: () => {
          view.search('');
          view.choose('all');
        }
      }}
    />
  ) : (
    <EmptyState
      sentence={trans.__(
        'Nothing runs and nothing has run. Long work, such as reading or tokenizing a dataset, shows here.'
      )}
    />
  );
}

/** Rows keep their places while the pointer is over them. */
function useSteady(jobs: readonly Job[], isHeld: boolean): readonly Job[] {
  const places = React.useRef<readonly string[]>([]);
  const shown = isHeld ? keepOrder(places.current, jobs) : jobs;
  React.useEffect(() => {
    places.current = shown.map(job => job.id);
  });
  return shown;
}

/** Only the rows in sight exist. */
function Rows(props: { jobs: readonly Job[]; desk: JobsDesk }): JSX.Element {
  const { jobs, desk } = props;
  const { view } = desk;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scroller.current,
    getItemKey: index => jobs[index].id,
    estimateSize: () => ROW,
    // A hidden panel's rows have no height; what they had still counts.
    measureElement: (row, _, list) =>
      row.clientHeight ||
      (list.measurementsCache[list.indexFromElement(row)]?.size ?? ROW),
    initialOffset: view.scroll,
    overscan: 8
  });
  const ids = React.useMemo(() => jobs.map(job => job.id), [jobs]);
  const cancel = (id: string) => {
    const job = desk.model.get(id);
    if (job && desk.refusal(job, 'cancel') === null) {
      void desk.act(job, 'cancel');
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mistudio-JobList-scroll"
      onScroll={event => view.keepScroll(event.currentTarget.scrollTop)}
    >
      <ListKeys
        ids={ids}
        label={trans.__('Jobs')}
        onOpen={id => desk.openLog(id)}
        onSelect={id => view.select(id)}
        onDelete={cancel}
        onExpand={(id, open) => view.setOpen(id, open)}
        onReveal={index => virtual.scrollToIndex(index)}
      >
        <div
          role="none"
          className="jp-mistudio-JobList-all"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(item => (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="none"
              className="jp-mistudio-JobList-place"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <JobRow
                job={jobs[item.index]}
                desk={desk}
                position={item.index + 1}
                setSize={jobs.length}
              />
            </div>
          ))}
        </div>
      </ListKeys>
    </div>
  );
}
