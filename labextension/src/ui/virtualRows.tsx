import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import {
  focusRow,
  ListKeys,
  nothingHasFocus,
  type IListKeysProps
} from './listKeys';

export interface IVirtualRowsProps<T> extends Omit<
  IListKeysProps,
  'ids' | 'onReveal' | 'className' | 'children'
> {
  rows: readonly T[];
  idOf: (row: T) => string;
  draw: (row: T, index: number) => React.ReactNode;
  /** Pixels of a row before it has been measured. */
  height: number;
  /** How far it was scrolled when it was last seen. */
  scroll: number;
  onScrolled: (scroll: number) => void;
  /** Begins the names of its classes: `-scroll`, `-all`, `-place`. */
  className: string;
  /** The row that something else stands in for, as a field for its name: it comes in sight, and has the focus when that is over. */
  edited?: string | null;
  /** What else the scrolled element listens to or is marked with. */
  scroller?: React.HTMLAttributes<HTMLDivElement> & {
    'data-mistudio-objects'?: boolean;
  };
}

/** A list of object rows of which only those in sight exist. */
export function VirtualRows<T>(props: IVirtualRowsProps<T>): JSX.Element {
  const {
    rows,
    idOf,
    draw,
    height,
    scroll,
    onScrolled,
    className,
    edited,
    scroller,
    ...keys
  } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const ids = React.useMemo(() => rows.map(idOf), [rows, idOf]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => node.current,
    getItemKey: index => ids[index],
    estimateSize: () => height,
    // A hidden panel's rows have no height; what they had still counts.
    measureElement: (row, _, list) =>
      row.clientHeight ||
      (list.measurementsCache[list.indexFromElement(row)]?.size ?? height),
    initialOffset: scroll,
    overscan: 8
  });
  const before = React.useRef(edited);
  React.useEffect(() => {
    if (edited != null && ids.includes(edited)) {
      virtual.scrollToIndex(ids.indexOf(edited));
    } else if (before.current != null && nothingHasFocus()) {
      focusRow(node.current, before.current);
    }
    before.current = edited;
    // Only a row that is edited next scrolls; a list that changes must not jump.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [virtual, edited]);
  return (
    <div
      {...scroller}
      ref={node}
      className={`${className}-scroll`}
      onScroll={event => onScrolled(event.currentTarget.scrollTop)}
    >
      <ListKeys
        {...keys}
        ids={ids}
        onReveal={index => virtual.scrollToIndex(index)}
      >
        <div
          role="none"
          className={`${className}-all`}
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(item => (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="none"
              className={`${className}-place`}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {draw(rows[item.index], item.index)}
            </div>
          ))}
        </div>
      </ListKeys>
    </div>
  );
}
