import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { SampleHead } from '../../api/types';
import { exact } from '../../ui/format';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import type { ChosenSample } from './chosenSample';
import { Marked } from './marked';
import type { ISampleRows } from './rows';

const ROW = 26;

/** The samples, one a line, of which only those in sight exist. */
export function SampleList(props: {
  /** Names it in the page, for the ids of its rows. */
  id: string;
  rows: ISampleRows;
  /** How many there are outside of this list too, where that is known. */
  total: number | null;
  search: string;
  chosen: ChosenSample;
}): JSX.Element {
  const trans = useTrans();
  const { id, rows, total, chosen } = props;
  const count = useSignal(rows.changed, () => rows.count);
  const { row } = useModel(chosen);
  const scroller = React.useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  const { error } = rows;
  React.useEffect(() => {
    if (!error) {
      rows.want(first, last);
    }
  }, [rows, error, count, first, last]);
  // Chosen by number or by arrow key, it may lie out of sight.
  React.useEffect(() => {
    const index = row === null ? -1 : rows.indexOf(row);
    if (index >= 0) {
      virtual.scrollToIndex(index);
    }
    // Only a new choice scrolls; the reader's own scrolling must not be undone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [row]);

  const choose = (index: number) => {
    if (count) {
      const there = Math.max(0, Math.min(count - 1, index));
      void chosen.choose(rows.rowAt(there));
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[
      event.key
    ];
    if (step !== undefined) {
      event.preventDefault();
      const now = row === null ? -1 : rows.indexOf(row);
      choose(now < 0 ? first : now + step);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      choose(event.key === 'Home' ? 0 : count - 1);
    } else if (event.key === 'Escape' && row !== null) {
      chosen.close();
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mistudio-Samples-scroll"
      role="listbox"
      aria-label={trans.__('Samples')}
      aria-activedescendant={row === null ? undefined : `${id}-${row}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div
        role="none"
        style={{ height: virtual.getTotalSize(), position: 'relative' }}
      >
        {items.map(item => {
          const at = rows.rowAt(item.index);
          return (
            <SampleLine
              key={item.key}
              id={`${id}-${at}`}
              row={at}
              head={rows.head(item.index)}
              search={props.search}
              isChosen={row === at}
              position={total === null ? item.index + 1 : at + 1}
              count={total ?? count}
              top={item.start}
              onChoose={() => choose(item.index)}
            />
          );
        })}
      </div>
    </div>
  );
}

function SampleLine(props: {
  id: string;
  row: number;
  head: SampleHead | null;
  search: string;
  isChosen: boolean;
  position: number;
  count: number;
  top: number;
  onChoose: () => void;
}): JSX.Element {
  const trans = useTrans();
  const { head } = props;
  return (
    <div
      id={props.id}
      className="jp-mistudio-SampleLine"
      role="option"
      aria-selected={props.isChosen}
      aria-posinset={props.position}
      aria-setsize={props.count}
      style={{ transform: `translateY(${props.top}px)`, height: ROW }}
      onClick={props.onChoose}
    >
      <span className="jp-mistudio-SampleLine-row">{exact(props.row)}</span>
      <bdi className="jp-mistudio-SampleLine-text">
        {head ? <Marked text={head.text} search={props.search} /> : '…'}
      </bdi>
      <span className="jp-mistudio-SampleLine-split">{head?.split}</span>
      <span
        className="jp-mistudio-SampleLine-length"
        title={trans.__('Characters')}
      >
        {head ? exact(head.length) : ''}
      </span>
    </div>
  );
}
