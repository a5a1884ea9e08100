import * as React from 'react';

interface IRowFocus {
  /** The one row that Tab reaches. */
  current: string | null;
  setCurrent: (id: string) => void;
}

const RowFocus = React.createContext<IRowFocus>({
  current: null,
  setCurrent: () => undefined
});

/** Whether Tab reaches this row, and how it takes that over. */
export function useRowFocus(id: string): {
  isCurrent: boolean;
  take: () => void;
} {
  const { current, setCurrent } = React.useContext(RowFocus);
  const take = React.useCallback(() => setCurrent(id), [id, setCurrent]);
  return { isCurrent: current === id, take };
}

export interface IListKeysProps {
  /** All rows that can be reached, in the order shown, nested ones included. */
  ids: readonly string[];
  label: string;
  onOpen: (id: string) => void;
  onSelect: (id: string) => void;
  onDelete?: (id: string) => void;
  /** Right arrow opens what is nested in a row, left arrow closes it. */
  onExpand?: (id: string, expanded: boolean) => void;
  /** The row that this one is nested in, where left arrow goes from it. */
  parentOf?: (id: string) => string | undefined;
  /** Brings a row into being that a virtual list has not drawn. */
  onReveal?: (index: number) => void;
  className?: string;
  children: React.ReactNode;
}

/**
 * A list of object rows that one reaches with Tab and walks with the arrows.
 *
 * Enter opens, Space selects, Delete asks. The context-menu key is the
 * browser's own: it fires on the focused row.
 */
export function ListKeys(props: IListKeysProps): JSX.Element {
  const { ids, onReveal } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const wanted = React.useRef<string | null>(null);
  const hadFocus = React.useRef(false);
  const [chosen, setCurrent] = React.useState<string | null>(null);
  const current =
    chosen !== null && ids.includes(chosen) ? chosen : (ids[0] ?? null);

  // The row may be drawn only now, after a virtual list has scrolled to it.
  React.useEffect(() => {
    if (wanted.current !== null && focusRow(node.current, wanted.current)) {
      wanted.current = null;
    }
  });

  const moveTo = (index: number) => {
    const target = ids[Math.max(0, Math.min(ids.length - 1, index))];
    if (target !== undefined) {
      wanted.current = target;
      setCurrent(target);
      onReveal?.(ids.indexOf(target));
      if (focusRow(node.current, target)) {
        wanted.current = null;
      }
    }
  };

  // A row that goes, as when it is deleted, leaves the focus to the one in its place.
  const before = React.useRef(ids);
  React.useEffect(() => {
    const at = chosen === null ? -1 : before.current.indexOf(chosen);
    const isGone = at >= 0 && current !== chosen;
    before.current = ids;
    if (isGone && hadFocus.current && nothingHasFocus()) {
      moveTo(at);
    }
  });

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>(
      '[data-row-id]'
    );
    const id = row?.dataset.rowId;
    if (!id || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const action = actionOf(event.key, event.target !== row, id, props, moveTo);
    if (action) {
      event.preventDefault();
      event.stopPropagation();
      action();
    }
  };

  const focus = React.useMemo(() => ({ current, setCurrent }), [current]);
  return (
    <RowFocus.Provider value={focus}>
      <div
        ref={node}
        className={`jp-mistudio-List ${props.className ?? ''}`}
        role="tree"
        aria-label={props.label}
        onKeyDown={onKeyDown}
        onFocus={() => {
          hadFocus.current = true;
        }}
        onBlur={event => {
          // Nowhere else: the row itself may be going.
          hadFocus.current = event.relatedTarget === null;
        }}
      >
        {props.children}
      </div>
    </RowFocus.Provider>
  );
}

/** Rows that one screen holds, about. */
const PAGE = 10;

function actionOf(
  key: string,
  insideRow: boolean,
  id: string,
  props: IListKeysProps,
  moveTo: (index: number) => void
): (() => void) | undefined {
  const index = props.ids.indexOf(id);
  switch (key) {
    case 'ArrowDown':
      return () => moveTo(index + 1);
    case 'ArrowUp':
      return () => moveTo(index - 1);
  }
  if (insideRow) {
    // A button or a field in the row has these keys for itself.
    return undefined;
  }
  switch (key) {
    case 'PageDown':
      return () => moveTo(index + PAGE);
    case 'PageUp':
      return () => moveTo(index - PAGE);
    case 'Home':
      return () => moveTo(0);
    case 'End':
      return () => moveTo(props.ids.length - 1);
    case 'ArrowRight':
      return props.onExpand && (() => props.onExpand?.(id, true));
    case 'ArrowLeft': {
      const parent = props.parentOf?.(id);
      return parent === undefined
        ? props.onExpand && (() => props.onExpand?.(id, false))
        : () => moveTo(props.ids.indexOf(parent));
    }
    case 'Enter':
      return () => props.onOpen(id);
    case ' ':
      return () => props.onSelect(id);
    case 'Delete':
      return props.onDelete && (() => props.onDelete?.(id));
  }
  return undefined;
}

/** Whether the focus was on something that is gone. */
export function nothingHasFocus(): boolean {
  return document.activeElement === document.body;
}

export function focusRow(node: HTMLElement | null, id: string): boolean {
  const rows = node?.querySelectorAll<HTMLElement>('[data-row-id]') ?? [];
  const row = [...rows].find(each => each.dataset.rowId === id);
  row?.focus();
  return !!row;
}
