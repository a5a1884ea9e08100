import { addIcon, Button, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Capture } from '../../api/types';
import {
  ago,
  bytes,
  duration,
  exact,
  NONE,
  shortTimestamp
} from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { hooksInWords } from '../../ui/layers/hooks';
import { EmptyState } from '../../ui/notes';
import { chipLabel, chipOf, reasonOf } from '../../ui/objects/words';
import { StateChip } from '../../ui/stateChip';
import type { ModelActions } from '../actions';
import { precisionWord } from '../words';
import type { ModelDocument } from './documentModel';

/** The history of what was captured from the model. */
export function CapturesTab(props: { document: ModelDocument }): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { captures, desk, id, object } = document;
  const { actions } = desk;
  const begin =
    actions.hasCaptures && object?.state === 'ready'
      ? {
          label: trans.__('New capture…'),
          run: () => actions.capture(id)
        }
      : undefined;
  if (!captures.length) {
    return (
      <EmptyState
        sentence={trans.__('Nothing was captured from it yet.')}
        button={begin}
      />
    );
  }
  return (
    <div className="jp-mistudio-Captures">
      {begin && (
        <Button className="jp-mod-styled" onClick={begin.run}>
          <addIcon.react tag="span" />
          {begin.label}
        </Button>
      )}
      <div className="jp-mistudio-wide">
        <table className="jp-mistudio-Counts" aria-label={trans.__('Captures')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Hook points')}</th>
              <th scope="col" data-number>
                {trans.__('Tokens')}
              </th>
              <th scope="col">{trans.__('As')}</th>
              <th scope="col" data-number>
                {trans.__('Size')}
              </th>
              <th scope="col" data-number>
                {trans.__('Took')}
              </th>
              <th scope="col">{trans.__('Made')}</th>
              <th scope="col">{trans.__('State')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {captures.map(each => (
              <CaptureLine key={each.id} capture={each} actions={actions} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function CaptureLine(props: {
  capture: Capture;
  actions: ModelActions;
}): JSX.Element {
  const trans = useTrans();
  const { capture, actions } = props;
  const { name, facts, created } = capture;
  const loaded = facts?.precision ?? capture.precision;
  const deleteLabel = trans.__('Delete %1…', name);
  return (
    <tr>
      <th scope="row">
        {actions.hasCaptures ? (
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => actions.open(capture)}
          >
            <bdi>{name}</bdi>
          </button>
        ) : (
          <bdi>{name}</bdi>
        )}
      </th>
      <td>{hooksInWords(capture.hooks)}</td>
      <td data-number>{facts ? exact(facts.tokens) : NONE}</td>
      <td
        title={trans.__(
          'The model was held in %1, the vectors are stored as %2.',
          loaded ?? NONE,
          capture.dtype
        )}
      >
        {loaded ? `${precisionWord(loaded)} → ` : ''}
        {precisionWord(capture.dtype)}
      </td>
      <td data-number>{bytes(facts?.bytes)}</td>
      <td data-number>{duration(facts?.seconds)}</td>
      <td data-number title={ago(created)}>
        {shortTimestamp(created)}
      </td>
      <td>
        <StateChip
          state={chipOf(capture)}
          label={chipLabel(capture)}
          reason={reasonOf(capture, trans)}
        />
      </td>
      <td>
        <Button
          minimal
          small
          title={deleteLabel}
          aria-label={deleteLabel}
          onClick={() => void actions.remove([capture])}
        >
          <deleteIcon.react tag="span" />
        </Button>
      </td>
    </tr>
  );
}
