import { Button } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { LogLevel, LogLine } from '../../api/types';
import { clock, timestamp } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { Marked } from '../../ui/marked';

const LINE = 20;
/** So close to the end counts as being there. */
const NEAR = 2 * LINE;

/** Only those that are seen are drawn; at the end, unless one scrolls up. */
export function Lines(props: {
  lines: readonly LogLine[];
  /** Marked in them. */
  search: string;
}): JSX.Element {
  const { lines, search } = props;
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
              <Line line={lines[item.index]} search={search} />
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

function Line(props: { line: LogLine; search: string }): JSX.Element {
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
        <Marked text={text} search={props.search} />
      </span>
    </>
  );
}
