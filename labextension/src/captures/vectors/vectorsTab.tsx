import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Capture, VectorRow } from '../../api/types';
import { exact, measured } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { LineList } from '../../ui/lines/lineList';
import { Places } from '../../ui/lines/places';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { spelled } from '../../ui/tokenText';
import type { CaptureDocument } from '../document/documentModel';
import type { VectorRows } from './vectorRows';
import { ChosenVector } from './chosenVector';

/** Every vector with the token that it is of, in its text; of a hook point, and of one sample or of all. */
export function VectorsTab(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { document, capture } = props;
  const rows = useModel<VectorRows>(document.vectors);
  const id = React.useId();
  if (!capture.facts) {
    return (
      <EmptyState
        sentence={trans.__('The vectors are shown once it is made.')}
      />
    );
  }
  const { error, of, total, chosen } = rows;
  const index = chosen === null ? -1 : rows.indexOf(chosen);
  return (
    <div className="jp-mistudio-Samples">
      <div className="jp-mistudio-Samples-list">
        <div className="jp-mistudio-Choice">
          <span>
            <label htmlFor={`${id}hook`}>{trans.__('Hook point')}</label>
            <HTMLSelect
              id={`${id}hook`}
              value={of.hook || capture.hooks[0]}
              onChange={event => rows.show({ hook: event.target.value })}
            >
              {capture.hooks.map(each => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </HTMLSelect>
          </span>
          <SampleField key={of.sample ?? ''} rows={rows} />
        </div>
        {of.sample === null ? (
          <Places
            rows={rows}
            all={vectorsInWords(total, trans)}
            onGo={row => {
              rows.chosen = row;
            }}
          />
        ) : (
          <p className="jp-mistudio-Samples-places">
            {vectorsInWords(total, trans)}
          </p>
        )}
        {error && (
          <ErrorNote
            error={error}
            action={{ label: trans.__('Try again'), run: () => rows.retry() }}
          />
        )}
        {rows.isBusy && !rows.at(0) && (
          <p role="status">{trans.__('The worker reads the vectors…')}</p>
        )}
        {!total && of.sample !== null && !rows.isBusy && (
          <EmptyState
            sentence={trans.__(
              'No token of sample %1 is in this capture.',
              exact(of.sample)
            )}
            button={{
              label: trans.__('Show all samples'),
              run: () => rows.show({ sample: null })
            }}
          />
        )}
        {/* Others are another list, which begins at its top. */}
        <LineList
          key={JSON.stringify([of.sample, rows.start])}
          id={`vectors-${document.id}`}
          className="jp-mistudio-VectorLine"
          label={trans.__('Vectors')}
          rows={rows}
          total={total}
          chosen={chosen}
          onChoose={row => {
            rows.chosen = row;
          }}
          onClose={() => {
            rows.chosen = null;
          }}
          draw={at => <VectorLine vector={rows.at(at)} />}
        />
      </div>
      {index >= 0 && (
        <ChosenVector
          document={document}
          capture={capture}
          vector={rows.at(index)}
        />
      )}
    </div>
  );
}

function vectorsInWords(count: number, trans: TranslationBundle): string {
  return trans._n('%2 vector', '%2 vectors', count, exact(count));
}

/** The sample that alone is looked at. */
function SampleField(props: { rows: VectorRows }): JSX.Element {
  const trans = useTrans();
  const { rows } = props;
  const id = React.useId();
  const { sample } = rows.of;
  const [typed, setTyped] = React.useState(String(sample ?? ''));
  const show = () => {
    const wanted = typed.trim() === '' ? null : Math.round(Number(typed));
    if (wanted !== sample && (wanted === null || wanted >= 0)) {
      rows.show({ sample: wanted });
    }
  };
  return (
    <span>
      <label htmlFor={id}>{trans.__('Only sample')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        type="number"
        min={0}
        placeholder={trans.__('all')}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onBlur={show}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            show();
          }
        }}
      />
    </span>
  );
}

/** The token in the middle of its line, with what stands before and after it. */
function VectorLine(props: { vector: VectorRow | null }): JSX.Element {
  const trans = useTrans();
  const { vector } = props;
  if (!vector) {
    return <span className="jp-mistudio-VectorLine-before">…</span>;
  }
  return (
    <>
      <span className="jp-mistudio-SampleLine-row">{exact(vector.row)}</span>
      <span className="jp-mistudio-VectorLine-text" title={vector.token}>
        <span className="jp-mistudio-VectorLine-before">
          <bdi>{spelled(vector.before)}</bdi>
        </span>
        <mark>{spelled(vector.token)}</mark>
        <span className="jp-mistudio-VectorLine-after">
          <bdi>{spelled(vector.after)}</bdi>
        </span>
      </span>
      <span
        className="jp-mistudio-VectorLine-place"
        title={trans.__('Sample, and position in its block')}
      >
        {`#${exact(vector.sample)} · ${exact(vector.position)}`}
      </span>
      <span
        className="jp-mistudio-VectorLine-norm"
        title={trans.__('Norm')}
        data-counted={vector.counted}
      >
        {measured(vector.norm)}
      </span>
      <span
        className="jp-mistudio-VectorLine-values"
        title={trans.__('Its first values')}
      >
        {vector.values.map(value => value.toFixed(2)).join('  ')}
      </span>
    </>
  );
}
