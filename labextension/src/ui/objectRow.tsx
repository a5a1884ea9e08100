import {
  caretDownIcon,
  caretRightIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Progress } from '../api/types';
import { useTrans } from './hooks';
import { useRowFocus } from './listKeys';
import { ProgressLine } from './progressLine';
import { StateChip, stateWord, type ChipState } from './stateChip';

export interface IRowAction {
  id: string;
  label: string;
  icon: LabIcon;
  /** Why it cannot be done now; null or absent where it can. */
  reason?: string | null;
  run: () => void;
}

export interface IObjectRowProps {
  id: string;
  name: string;
  state: ChipState;
  /** Stands in the chip instead of the state's word, as in “58 %”. */
  stateLabel?: string | null;
  /** Why it is in this state. */
  reason?: string | null;
  /** A short word before the chip, as “fp32”. */
  mark?: string;
  /** The two or three facts that tell it from its neighbors. */
  facts: readonly string[];
  /** More words for the facts, on hover. */
  factsTitle?: string;
  /** Drawn while it works. */
  progress?: Progress | null;
  actions: readonly IRowAction[];
  selected: boolean;
  /** 1 for a row of the list itself, 2 for one nested in it. */
  level?: number;
  /** Place among its neighbors, from 1, where not all of them are drawn. */
  position?: number;
  setSize?: number;
  /** Absent: nothing can be nested in it. */
  expanded?: boolean;
  onExpand?: (expanded: boolean) => void;
  onOpen: () => void;
  onSelect: () => void;
  /** Where a drag may begin. */
  onPointerDown?: (event: React.PointerEvent<HTMLElement>) => void;
  /** Lumino's drags begin with the mouse. */
  onMouseDown?: (event: React.MouseEvent<HTMLElement>) => void;
  /** Rows nested in it. */
  children?: React.ReactNode;
}

/** The one row for everything: name and state, facts, progress; actions on hover and focus. */
export function ObjectRow(props: IObjectRowProps): JSX.Element {
  const trans = useTrans();
  const { id, name, state, expanded, facts, level = 1 } = props;
  const { isCurrent, take } = useRowFocus(id);
  const facted = facts.filter(Boolean).join(' · ');
  return (
    <div className="jp-mistudio-RowGroup" role="none">
      <div
        className="jp-mistudio-Row"
        role="treeitem"
        data-row-id={id}
        data-level={level}
        tabIndex={isCurrent ? 0 : -1}
        aria-label={trans.__(
          '%1, %2',
          name,
          props.stateLabel ?? stateWord(state, trans)
        )}
        aria-level={level}
        aria-posinset={props.position}
        aria-setsize={props.setSize}
        aria-selected={props.selected}
        aria-expanded={expanded}
        onFocus={take}
        onClick={props.onSelect}
        onContextMenu={props.onSelect}
        onDoubleClick={props.onOpen}
        onPointerDown={props.onPointerDown}
        onMouseDown={props.onMouseDown}
      >
        <div className="jp-mistudio-Row-first">
          {expanded !== undefined && (
            <Caret expanded={expanded} onExpand={props.onExpand} />
          )}
          <span className="jp-mistudio-Row-name" title={name}>
            {/* A name may be written from right to left; the rest is not. */}
            <bdi>{name}</bdi>
          </span>
          {props.mark && (
            <span className="jp-mistudio-Row-mark">{props.mark}</span>
          )}
          <StateChip
            state={state}
            label={props.stateLabel}
            reason={props.reason}
          />
        </div>
        <div className="jp-mistudio-Row-second">
          <span
            className="jp-mistudio-Row-facts"
            title={props.factsTitle ?? facted}
          >
            {facted}
          </span>
          <RowActions actions={props.actions} reachable={isCurrent} />
        </div>
        {props.progress && (
          <ProgressLine progress={props.progress} label={name} />
        )}
      </div>
      {props.children && <div role="group">{props.children}</div>}
    </div>
  );
}

function Caret(props: {
  expanded: boolean;
  onExpand?: (expanded: boolean) => void;
}): JSX.Element {
  const Icon = props.expanded ? caretDownIcon.react : caretRightIcon.react;
  return (
    // The row says aria-expanded and the arrow keys do the same.
    <span
      className="jp-mistudio-Row-caret"
      aria-hidden
      onClick={event => {
        event.stopPropagation();
        props.onExpand?.(!props.expanded);
      }}
      onDoubleClick={event => event.stopPropagation()}
    >
      <Icon tag="span" />
    </span>
  );
}

function RowActions(props: {
  actions: readonly IRowAction[];
  reachable: boolean;
}): JSX.Element {
  return (
    <span className="jp-mistudio-Row-actions">
      {props.actions.map(action => (
        <RowButton
          key={action.id}
          action={action}
          reachable={props.reachable}
        />
      ))}
    </span>
  );
}

function RowButton(props: {
  action: IRowAction;
  reachable: boolean;
}): JSX.Element {
  const { label, reason, run, icon } = props.action;
  const Icon = icon.react;
  return (
    <button
      type="button"
      className="jp-mistudio-Row-action"
      tabIndex={props.reachable ? 0 : -1}
      aria-label={reason ? `${label}: ${reason}` : label}
      title={reason ? `${label}\n${reason}` : label}
      // Not `disabled`: that would hide the reason from pointer and focus.
      aria-disabled={!!reason}
      onClick={event => {
        event.stopPropagation();
        if (!reason) {
          run();
        }
      }}
      onDoubleClick={event => event.stopPropagation()}
      onMouseDown={event => event.stopPropagation()}
      onPointerDown={event => event.stopPropagation()}
    >
      <Icon tag="span" />
    </button>
  );
}
