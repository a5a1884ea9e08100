import * as React from 'react';
import { useModel, useTrans } from '../../ui/hooks';
import { LiveMark } from '../../ui/liveMark';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { progressFacts, ProgressLine } from '../../ui/progressLine';
import { jobState, StateChip } from '../../ui/stateChip';
import type { JobsDesk } from '../desk';
import { isAlive } from '../order';
import { chipLabel, jobReason } from '../words';
import { LogFilter } from './filter';
import { Lines } from './lines';
import type { LogModel } from './model';

/** A job's log: live, at its end unless one scrolls up. */
export function LogView(props: { log: LogModel; desk: JobsDesk }): JSX.Element {
  const trans = useTrans();
  const log = useModel(props.log);
  return (
    <div className="jp-mistudio-Log">
      <LogHead log={log} desk={props.desk} />
      {log.error && (
        <ErrorNote
          error={log.error}
          action={{ label: trans.__('Try again'), run: () => void log.load() }}
        />
      )}
      {log.lines.length ? (
        <>
          <LogFilter log={log} />
          {log.shown.length ? (
            <Lines lines={log.shown} search={log.search} />
          ) : (
            <EmptyState
              sentence={trans.__('No line is like that.')}
              button={{
                label: trans.__('Show all lines'),
                run: () => {
                  log.level = 'info';
                  log.search = '';
                }
              }}
            />
          )}
        </>
      ) : (
        log.isLoaded && (
          <EmptyState sentence={trans.__('This job has said nothing yet.')} />
        )
      )}
    </div>
  );
}

function LogHead(props: { log: LogModel; desk: JobsDesk }): JSX.Element | null {
  const trans = useTrans();
  const { desk } = props;
  const job = useModel(desk.model).get(props.log.job);
  if (!job) {
    return null;
  }
  const reason = jobReason(job, trans);
  return (
    <header className="jp-mistudio-Log-head">
      <div className="jp-mistudio-Row-first">
        <h2 className="jp-mistudio-Row-name">{job.label}</h2>
        <StateChip
          state={jobState(job)}
          label={chipLabel(job)}
          reason={reason}
        />
        <LiveMark events={desk.studio.events} />
      </div>
      {isAlive(job) ? (
        <>
          <div className="jp-mistudio-Row-facts">
            {progressFacts(job.progress, trans).join(' · ')}
          </div>
          <ProgressLine progress={job.progress} label={job.label} />
        </>
      ) : (
        reason && <p className="jp-mistudio-Details-reason">{reason}</p>
      )}
    </header>
  );
}
