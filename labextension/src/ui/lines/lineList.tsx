import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import { useSignal } from '../hooks';
import type { ILines } from './lines';

const HEIGHT = 26;

export interface ILineListProps {
  /** Names it in the page, for the ids of its rows. */
  id: string;
  label: string;
  rows: ILines;
  /** How many there are outside of this list too, where that is known. */
  total: number | null;
  /** The row that is chosen. */
  chosen: number | null;
  onChoose: (row: number) => void;
  /** Escape: none is chosen. */
  onClose: () => void;
  /** What stands in a line. */
  draw: (index: number, row: number) => React.ReactNode;
  className: string;
}

/** Rows, one a line, of which only those in sight exist. */
export function LineList(props: ILineListProps): JSX.Element {
  const { id, rows, total, chosen } = props;
  const count = useSignal(rows.changed, () => rows.count);
  const scroller = React.useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
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
    const index = chosen === null ? -1 : rows.indexOf(chosen);
    if (index >= 0) {
      virtual.scrollToIndex(index);
    }
    // Only a new choice scrolls; the reader's own scrolling must not be undone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);

  const choose = (index: number) => {
    if (count) {
      const there = Math.max(0, Math.min(count - 1, index));
      props.onChoose(rows.rowAt(there));
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[
      event.key
    ];
    if (step !== undefined) {
      event.preventDefault();
      const now = chosen === null ? -1 : rows.indexOf(chosen);
      choose(now < 0 ? first : now + step);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      choose(event.key === 'Home' ? 0 : count - 1);
    } else if (event.key === 'Escape' && chosen !== null) {
      props.onClose();
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mistudio-Samples-scroll"
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div
        role="none"
        style={{ height: virtual.getTotalSize(), position: 'relative' }}
      >
        {items.map(item => {
          const row = rows.rowAt(item.index);
          return (
            <div
              key={item.key}
              id={`${id}-${row}`}
              className={`jp-mistudio-Line ${props.className}`}
              role="option"
              aria-selected={chosen === row}
              aria-posinset={total === null ? item.index + 1 : row + 1}
              aria-setsize={total ?? count}
              style={{
                transform: `translateY(${item.start}px)`,
                height: HEIGHT
              }}
              onClick={() => choose(item.index)}
            >
              {props.draw(item.index, row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
