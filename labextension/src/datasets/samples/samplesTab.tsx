import * as React from 'react';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { Places } from '../../ui/lines/places';
import { EmptyState, ErrorNote } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';
import { samples } from '../words';
import type { FoundSamples } from './foundSamples';
import { SampleList } from './sampleList';
import { SampleSearch } from './sampleSearch';
import { SampleView } from './sampleView';

/** All samples or those found, as many as there may be, with the chosen one whole beside them. */
export function SamplesTab(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const { document } = props;
  const { chosen } = document;
  const all = useModel(document.samples);
  const found = useModel(document.found);
  const { row } = useModel(chosen);
  if (!all.total) {
    return <EmptyState sentence={trans.__('There is no sample yet.')} />;
  }
  const rows = found.isActive ? found : all;
  return (
    <div className="jp-mistudio-Samples">
      <div className="jp-mistudio-Samples-list">
        <SampleSearch document={document} />
        {found.isActive ? (
          <Found model={found} total={all.total} />
        ) : (
          <Places
            rows={all}
            all={samples(all.total, trans)}
            onGo={go => void chosen.choose(go)}
          />
        )}
        {rows.error && (
          <ErrorNote
            error={rows.error}
            action={{ label: trans.__('Try again'), run: () => rows.retry() }}
          />
        )}
        {/* Another section or search is another list, which begins at its top. */}
        <SampleList
          key={found.isActive ? JSON.stringify(found.query) : String(all.start)}
          id={`samples-${document.id}`}
          rows={rows}
          total={found.isActive ? null : all.total}
          search={found.query.search}
          chosen={chosen}
        />
      </div>
      {row !== null && <SampleView document={document} />}
    </div>
  );
}

/** How far the search has come, and the way on: one answer looks only so far. */
function Found(props: { model: FoundSamples; total: number }): JSX.Element {
  const trans = useTrans();
  const { model, total } = props;
  const { count, next, isBusy, isFull } = model;
  const { search, split } = model.query;
  const isOver = next === null;
  const hits = search
    ? trans._n('%2 hit', '%2 hits', count, exact(count))
    : samples(count, trans);
  const progress = isOver
    ? split
      ? trans.__('all of “%1” looked through', split)
      : trans.__('all %1 samples looked through', exact(total))
    : trans.__('looked through %1 of %2', exact(next), exact(total));
  return (
    <div className="jp-mistudio-Samples-places">
      <span role="status" aria-busy={isBusy}>
        {isOver && !count
          ? search
            ? trans.__('No sample has “%1” in it.', search)
            : trans.__('No sample is in this split.')
          : `${hits} · ${progress}`}
        {isBusy && ` ${trans.__('(looking…)')}`}
      </span>
      {!isOver && !isBusy && !isFull && (
        <button
          type="button"
          className="jp-mistudio-Link"
          onClick={() => void model.goOn()}
        >
          {trans.__('Go on')}
        </button>
      )}
      {isFull && <span>{trans.__('No more than these are shown.')}</span>}
    </div>
  );
}
