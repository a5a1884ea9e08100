import * as React from 'react';
import type { SampleHead } from '../../api/types';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { LineList } from '../../ui/lines/lineList';
import type { ChosenSample } from './chosenSample';
import { Marked } from '../../ui/marked';
import type { ISampleRows } from './rows';

/** The samples, one a line. */
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
  const { id, rows, total } = props;
  const chosen = useModel(props.chosen);
  return (
    <LineList
      id={id}
      className="jp-mistudio-SampleLine"
      label={trans.__('Samples')}
      rows={rows}
      total={total}
      chosen={chosen.row}
      onChoose={row => void chosen.choose(row)}
      onClose={() => chosen.close()}
      draw={(index, row) => (
        <SampleLine row={row} head={rows.head(index)} search={props.search} />
      )}
    />
  );
}

function SampleLine(props: {
  row: number;
  head: SampleHead | null;
  search: string;
}): JSX.Element {
  const trans = useTrans();
  const { head } = props;
  return (
    <>
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
    </>
  );
}
