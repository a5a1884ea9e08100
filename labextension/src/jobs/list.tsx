import * as React from 'react';
import type { Job } from '../api/types';
import { exact } from '../ui/format';
import { useModel, useSignal, useTrans } from '../ui/hooks';
import { EmptyState, ErrorNote } from '../ui/notes';
import { VirtualRows } from '../ui/virtualRows';
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
    isOver,
    view.selected
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
        run: () => view.clearFilter()
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

/** Rows keep their places while the pointer is over them, but a retry's new job must be seen. */
function useSteady(
  jobs: readonly Job[],
  isOver: boolean,
  selected: string | null
): readonly Job[] {
  const places = React.useRef<readonly string[]>([]);
  const isNew =
    selected !== null &&
    !places.current.includes(selected) &&
    jobs.some(job => job.id === selected);
  const shown = isOver && !isNew ? keepOrder(places.current, jobs) : jobs;
  React.useEffect(() => {
    places.current = shown.map(job => job.id);
  });
  return shown;
}

function Rows(props: { jobs: readonly Job[]; desk: JobsDesk }): JSX.Element {
  const { jobs, desk } = props;
  const { view } = desk;
  const trans = useTrans();
  const cancel = (id: string) => {
    const job = desk.model.get(id);
    if (job && desk.refusal(job, 'cancel') === null) {
      void desk.act(job, 'cancel');
    }
  };
  return (
    <VirtualRows
      className="jp-mistudio-JobList"
      label={trans.__('Jobs')}
      rows={jobs}
      idOf={idOf}
      height={ROW}
      scroll={view.scroll}
      onScrolled={scroll => view.keepScroll(scroll)}
      onOpen={id => desk.openLog(id)}
      onSelect={id => view.select(id)}
      onDelete={cancel}
      onExpand={(id, open) => view.setOpen(id, open)}
      draw={(job, index) => (
        <JobRow
          job={job}
          desk={desk}
          position={index + 1}
          setSize={jobs.length}
        />
      )}
    />
  );
}

function idOf(job: Job): string {
  return job.id;
}
