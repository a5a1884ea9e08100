import * as React from 'react';
import type { HookPoints } from '../../api/types';
import { exact } from '../format';
import { useTrans } from '../hooks';
import {
  chosenOf,
  countOf,
  hooksOf,
  numbers,
  shareOf,
  withBoxes,
  withLayers,
  type Chosen,
  type IKind
} from './chosen';
import { ColumnHeads } from './columnHeads';
import { columnsOf, whyNot, type IColumn } from './columns';
import { GridBox } from './gridBox';
import { between, nextPlace, type IPlace } from './gridKeys';
import { Legend, Told } from './legend';

/** Layers by kinds of hook points, to be ticked: by pointer, by keyboard, and by words such as “2-5”. */
export function LayerGrid(props: {
  points: HookPoints;
  hooks: readonly string[];
  disabled?: boolean;
  onChange: (hooks: string[]) => void;
}): JSX.Element {
  const trans = useTrans();
  const { points, disabled = false, onChange } = props;
  const { layers } = points;
  const columns = React.useMemo(() => columnsOf(points), [points]);
  const chosen = React.useMemo(
    () => chosenOf(props.hooks, columns, layers),
    [props.hooks, columns, layers]
  );
  const node = React.useRef<HTMLTableElement>(null);
  const [current, setCurrent] = React.useState<IPlace>({ row: -1, column: 0 });
  const anchor = React.useRef<IPlace>(current);
  const [told, setTold] = React.useState<string | null>(null);

  const change = (next: Chosen) => {
    if (!disabled) {
      onChange(hooksOf(next, columns, layers));
    }
  };
  const boxesAt = ({ row, column }: IPlace): [IKind[], number[]] => [
    column < 0 ? columns : [columns[column]],
    row < 0 ? numbers(0, layers - 1) : [row]
  ];
  const toggle = (place: IPlace) => {
    const boxes = boxesAt(place);
    anchor.current = place;
    change(withBoxes(chosen, ...boxes, shareOf(chosen, ...boxes) !== 'all'));
  };
  /** Up to here as it is where the stretch began: between boxes, or between heads of rows or columns. */
  const extend = (to: IPlace) => {
    const from = anchor.current;
    const isSame = (a: number, b: number) => a < 0 === b < 0;
    if (!isSame(from.row, to.row) || !isSame(from.column, to.column)) {
      return false;
    }
    const [top, bottom] = between(from.row, to.row);
    const [left, right] = between(from.column, to.column);
    change(
      withBoxes(
        chosen,
        left < 0 ? columns : columns.slice(left, right + 1),
        top < 0 ? numbers(0, layers - 1) : numbers(top, bottom),
        shareOf(chosen, ...boxesAt(from)) === 'all'
      )
    );
    return true;
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const from = placeOf(event.target);
    if (!from) {
      return;
    }
    if (event.key === 'Enter') {
      // It would send the form.
      event.preventDefault();
      toggle(from);
      return;
    }
    const to = nextPlace(
      event.key,
      event.ctrlKey || event.metaKey,
      from,
      { rows: layers, columns: columns.length },
      ({ row, column }) =>
        row < 0 || column < 0 || columns[column].layers.includes(row)
    );
    if (to) {
      event.preventDefault();
      if (event.shiftKey && !extend(to)) {
        return;
      }
      if (!event.shiftKey) {
        anchor.current = to;
      }
      focusOn(node.current, to);
    }
  };
  const onClick = (event: React.MouseEvent) => {
    const place = placeOf(event.target);
    if (place && !(event.shiftKey && extend(place))) {
      toggle(place);
    }
  };
  const count = countOf(chosen);
  return (
    <div className="jp-mistudio-LayerGrid">
      <div
        className="jp-mistudio-LayerGrid-scroll"
        onClick={onClick}
        onKeyDown={onKeyDown}
        onFocus={event => {
          const place = placeOf(event.target);
          if (place) {
            setCurrent(place);
          }
          setTold(kindAt(event.target));
        }}
        onMouseOver={event => setTold(kindAt(event.target))}
        onMouseLeave={() => setTold(null)}
      >
        <table
          ref={node}
          role="grid"
          aria-label={trans.__('Hook points of each layer')}
          aria-rowcount={layers + 1}
        >
          <ColumnHeads
            columns={columns}
            chosen={chosen}
            layers={layers}
            current={current}
            disabled={disabled}
            onLayers={(kind, typed) => change(withLayers(chosen, kind, typed))}
          />
          <tbody>
            {numbers(0, layers - 1).map(layer => (
              <LayerRow
                key={layer}
                layer={layer}
                columns={columns}
                boxes={columns
                  .map(({ kind, layers: has }) =>
                    !has.includes(layer)
                      ? '-'
                      : chosen.get(kind)?.has(layer)
                        ? '1'
                        : '0'
                  )
                  .join('')}
                current={current.row === layer ? current.column : null}
                disabled={disabled}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Told columns={columns} kind={told} />
      <p className="jp-mistudio-LayerGrid-chosen" role="status">
        {trans._n(
          '%2 hook point is chosen.',
          '%2 hook points are chosen.',
          count,
          exact(count)
        )}
      </p>
      <Legend columns={columns} />
    </div>
  );
}

/** Drawn again only where it changes: there may be a hundred. */
const LayerRow = React.memo(function LayerRow(props: {
  layer: number;
  columns: readonly IColumn[];
  /** A letter a column: ticked, not ticked, or not there. */
  boxes: string;
  /** The column that Tab reaches, in this row. */
  current: number | null;
  disabled: boolean;
}): JSX.Element {
  const trans = useTrans();
  const { layer, columns, boxes, current, disabled } = props;
  const there = boxes.replaceAll('-', '');
  const share = !there.includes('1')
    ? 'none'
    : there.includes('0')
      ? 'some'
      : 'all';
  return (
    <tr>
      <th scope="row" role="rowheader">
        <GridBox
          place={{ row: layer, column: -1 }}
          share={share}
          label={trans.__('All of layer %1', String(layer))}
          isCurrent={current === -1}
          disabled={disabled}
        >
          {layer}
        </GridBox>
      </th>
      {columns.map((each, column) =>
        boxes[column] === '-' ? (
          <td
            key={each.kind}
            role="gridcell"
            data-kind={each.kind}
            data-missing
            title={whyNot(each, layer)}
          />
        ) : (
          <td key={each.kind} role="gridcell" data-kind={each.kind}>
            <GridBox
              place={{ row: layer, column }}
              share={boxes[column] === '1' ? 'all' : 'none'}
              label={trans.__('Layer %1, %2', String(layer), each.kind)}
              isCurrent={current === column}
              disabled={disabled}
            />
          </td>
        )
      )}
    </tr>
  );
});

function placeOf(target: EventTarget): IPlace | null {
  // A click on a label comes a second time, from its box: that one counts.
  const place = target instanceof HTMLElement ? target.dataset.place : '';
  const [row, column] = place ? place.split(' ').map(Number) : [];
  return row === undefined ? null : { row, column };
}

function kindAt(target: EventTarget): string | null {
  return target instanceof Element
    ? (target.closest<HTMLElement>('[data-kind]')?.dataset.kind ?? null)
    : null;
}

function focusOn(node: HTMLElement | null, { row, column }: IPlace): void {
  const box = node?.querySelector<HTMLElement>(
    `[data-place="${row} ${column}"]`
  );
  box?.focus();
  box?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
