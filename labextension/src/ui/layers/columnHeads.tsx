import * as React from 'react';
import { useTrans } from '../hooks';
import {
  layersIn,
  layersInWords,
  numbers,
  shareOf,
  type Chosen
} from './chosen';
import { whyNowhere, type IColumn } from './columns';
import { GridBox } from './gridBox';
import type { IPlace } from './gridKeys';

/** The kinds, each with a box for all its layers, and a field for some of them in words. */
export function ColumnHeads(props: {
  columns: readonly IColumn[];
  chosen: Chosen;
  layers: number;
  current: IPlace;
  disabled: boolean;
  onLayers: (kind: IColumn, layers: number[]) => void;
}): JSX.Element {
  const trans = useTrans();
  const { columns, chosen, layers, current, disabled } = props;
  const all = numbers(0, layers - 1);
  const isCurrent = (column: number) =>
    current.row === -1 && current.column === column;
  return (
    <thead>
      <tr>
        <th scope="col" role="columnheader">
          <GridBox
            place={{ row: -1, column: -1 }}
            share={shareOf(chosen, columns, all)}
            label={trans.__('All hook points of all layers')}
            isCurrent={isCurrent(-1)}
            disabled={disabled}
          >
            {trans.__('layer')}
          </GridBox>
        </th>
        {columns.map((column, at) => (
          <th
            key={column.kind}
            scope="col"
            role="columnheader"
            data-kind={column.kind}
            data-missing={column.layers.length ? undefined : ''}
          >
            <GridBox
              place={{ row: -1, column: at }}
              share={shareOf(chosen, [column], all)}
              label={trans.__('%1 of all layers', column.kind)}
              isCurrent={isCurrent(at)}
              disabled={disabled}
              why={whyNowhere(column)}
            >
              {column.kind}
            </GridBox>
          </th>
        ))}
      </tr>
      <tr>
        <td />
        {columns.map(column => (
          <td key={column.kind} data-kind={column.kind}>
            {column.layers.length > 0 && (
              <LayersField
                column={column}
                words={layersInWords(chosen, column)}
                count={layers}
                disabled={disabled}
                onLayers={typed => props.onLayers(column, typed)}
              />
            )}
          </td>
        ))}
      </tr>
    </thead>
  );
}

/** The layers of a kind in words; what is typed counts as soon as it can be understood. */
function LayersField(props: {
  column: IColumn;
  words: string;
  count: number;
  disabled: boolean;
  onLayers: (layers: number[]) => void;
}): JSX.Element {
  const trans = useTrans();
  const { column, words, count } = props;
  const [typed, setTyped] = React.useState<string | null>(null);
  const isWrong = typed !== null && layersIn(typed, count) === null;
  const help = trans.__(
    'Layers from 0 to %1, as in “2-5, 8”, or “all”.',
    String(count - 1)
  );
  return (
    <input
      className="jp-mod-styled"
      aria-label={trans.__('Layers of %1', column.kind)}
      aria-invalid={isWrong}
      title={isWrong ? trans.__('These are no layers. %1', help) : help}
      placeholder={trans.__('none')}
      spellCheck={false}
      disabled={props.disabled}
      value={typed ?? words}
      onChange={event => {
        setTyped(event.target.value);
        const layers = layersIn(event.target.value, count);
        if (layers) {
          props.onLayers(layers);
        }
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
