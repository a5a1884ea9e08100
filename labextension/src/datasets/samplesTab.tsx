import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import { exact } from '../ui/format';
import { useModel, useTrans } from '../ui/hooks';
import { EmptyState, ErrorNote } from '../ui/notes';
import type { DatasetDocument } from './documentModel';
import { SampleView } from './sampleView';
import { SECTION, type SamplesModel } from './samplesModel';

const ROW = 26;

/** All samples, as long as they may be, with the chosen one whole beside them. */
export function SamplesTab(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const { samples } = props.document;
  const model = useModel(samples);
  if (!model.total) {
    return <EmptyState sentence={trans.__('There is no sample yet.')} />;
  }
  return (
    <div className="jp-mistudio-Samples">
      <div className="jp-mistudio-Samples-list">
        <Places model={model} />
        {model.error && (
          <ErrorNote
            error={model.error}
            action={{ label: trans.__('Try again'), run: () => model.retry() }}
          />
        )}
        {/* Another section is another list, which begins at its top. */}
        <SampleList key={model.start} model={model} />
      </div>
      {model.chosen !== null && <SampleView document={props.document} />}
    </div>
  );
}

/** Which rows these are, the way to others, and to any one by its number. */
function Places(props: { model: SamplesModel }): JSX.Element {
  const trans = useTrans();
  const { model } = props;
  const { start, count, total, sections } = model;
  const [row, setRow] = React.useState('');
  const go = () => {
    const wanted = Math.round(Number(row));
    if (row && wanted >= 0 && wanted < total) {
      model.goTo(wanted);
      void model.choose(wanted);
    }
  };
  return (
    <div className="jp-mistudio-Samples-places">
      <span>
        {sections > 1
          ? trans.__(
              '%1–%2 of %3 samples',
              exact(start),
              exact(start + count - 1),
              exact(total)
            )
          : trans._n('%2 sample', '%2 samples', total, exact(total))}
      </span>
      {sections > 1 && (
        <>
          <button
            type="button"
            className="jp-mistudio-Link"
            disabled={start === 0}
            onClick={() => model.goTo(start - SECTION)}
          >
            {trans.__('Back')}
          </button>
          <button
            type="button"
            className="jp-mistudio-Link"
            disabled={start + count >= total}
            onClick={() => model.goTo(start + SECTION)}
          >
            {trans.__('Further')}
          </button>
        </>
      )}
      <label>
        {trans.__('Go to row')}{' '}
        <input
          className="jp-mod-styled"
          type="number"
          min={0}
          max={total - 1}
          value={row}
          onChange={event => setRow(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              go();
            }
          }}
        />
      </label>
    </div>
  );
}

function SampleList(props: { model: SamplesModel }): JSX.Element {
  const trans = useTrans();
  const { model } = props;
  const { start, count, chosen } = model;
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
  React.useEffect(() => {
    if (!model.error) {
      model.want(start + first, start + last);
    }
  }, [model, model.error, start, first, last]);
  // Chosen by number or by arrow key, it may lie out of sight.
  React.useEffect(() => {
    if (chosen !== null && chosen >= start && chosen < start + count) {
      virtual.scrollToIndex(chosen - start);
    }
    // Only a new choice scrolls; the reader's own scrolling must not be undone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);

  const choose = (row: number) =>
    void model.choose(Math.max(start, Math.min(start + count - 1, row)));
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[
      event.key
    ];
    if (step !== undefined) {
      event.preventDefault();
      choose(chosen === null ? start + first : chosen + step);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      choose(event.key === 'Home' ? start : start + count - 1);
    } else if (event.key === 'Escape' && chosen !== null) {
      model.close();
    }
  };
  return (
    <div
      ref={scroller}
      className="jp-mistudio-Samples-scroll"
      role="listbox"
      aria-label={trans.__('Samples')}
      aria-activedescendant={
        chosen === null ? undefined : `${model.key}-${chosen}`
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div
        role="none"
        style={{ height: virtual.getTotalSize(), position: 'relative' }}
      >
        {items.map(item => (
          <SampleLine
            key={item.key}
            model={model}
            row={start + item.index}
            top={item.start}
            onChoose={choose}
          />
        ))}
      </div>
    </div>
  );
}

function SampleLine(props: {
  model: SamplesModel;
  row: number;
  top: number;
  onChoose: (row: number) => void;
}): JSX.Element {
  const trans = useTrans();
  const { model, row, top } = props;
  const head = model.at(row);
  return (
    <div
      id={`${model.key}-${row}`}
      className="jp-mistudio-SampleLine"
      role="option"
      aria-selected={model.chosen === row}
      aria-posinset={row + 1}
      aria-setsize={model.total}
      style={{ transform: `translateY(${top}px)`, height: ROW }}
      onClick={() => props.onChoose(row)}
    >
      <span className="jp-mistudio-SampleLine-row">{exact(row)}</span>
      <bdi className="jp-mistudio-SampleLine-text">
        {head ? head.text : '…'}
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
