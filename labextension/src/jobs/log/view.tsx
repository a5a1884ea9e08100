import { Button } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { LogLevel, LogLine } from '../../api/types';
import { clock, timestamp } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { LiveMark } from '../../ui/liveMark';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { progressFacts, ProgressLine } from '../../ui/progressLine';
import { jobState, StateChip } from '../../ui/stateChip';
import type { JobsDesk } from '../desk';
import { isAlive } from '../order';
import { chipLabel, jobReason } from '../words';
import type { LogModel } from './model';

const LINE = 20;
/** So close to the end counts as being there. */
const NEAR = 2 * LINE;

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
        <Lines lines={log.lines} />
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

function Lines(props: { lines: readonly LogLine[] }): JSX.Element {
  const { lines } = props;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const [follows, setFollows] = React.useState(true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20
  });
  React.useEffect(() => {
    if (follows) {
      virtual.scrollToIndex(lines.length - 1, { align: 'end' });
    }
  }, [follows, lines.length, virtual]);
  return (
    <div className="jp-mistudio-Log-body">
      <div
        ref={scroller}
        className="jp-mistudio-Log-scroll"
        role="log"
        aria-label={trans.__('Log')}
        // Reading hundreds of lines aloud helps nobody; the state is announced.
        aria-live="off"
        tabIndex={0}
        onScroll={event => {
          const node = event.currentTarget;
          const rest = node.scrollHeight - node.scrollTop - node.clientHeight;
          setFollows(rest < NEAR);
        }}
      >
        <div
          className="jp-mistudio-Log-all"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(item => (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="jp-mistudio-Log-line"
              data-level={lines[item.index].level}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line line={lines[item.index]} />
            </div>
          ))}
        </div>
      </div>
      {!follows && (
        <Button
          className="jp-mod-styled jp-mistudio-Log-end"
          small
          onClick={() => setFollows(true)}
        >
          {trans.__('To the end')}
        </Button>
      )}
    </div>
  );
}

function Line(props: { line: LogLine }): JSX.Element {
  const trans = useTrans();
  const { time, level, text } = props.line;
  const words: Record<LogLevel, string> = {
    info: '',
    warning: trans.__('warning'),
    error: trans.__('error')
  };
  return (
    <>
      <time title={timestamp(time)}>{clock(time)}</time>
      <span className="jp-mistudio-Log-text">
        {words[level] && (
          <strong className="jp-mistudio-Log-level">{words[level]} </strong>
        )}
        {text}
      </span>
    </>
  );
}
