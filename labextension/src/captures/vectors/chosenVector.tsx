import { Button, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Capture, VectorRow } from '../../api/types';
import { Facts } from '../../ui/facts';
import { exact, measured } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { Seen } from '../../ui/seen';
import type { CaptureDocument } from '../document/documentModel';

/** One vector: its token in the text around it, where that is from, and how it counts. */
export function ChosenVector(props: {
  document: CaptureDocument;
  capture: Capture;
  vector: VectorRow | null;
}): JSX.Element {
  const trans = useTrans();
  const { document, capture, vector } = props;
  const { vectors, desk } = document;
  const label = trans.__('Vector %1', exact(vectors.chosen));
  const openText = desk.actions.opener(capture.dataset);
  return (
    <section
      className="jp-mistudio-SampleView"
      aria-label={label}
      aria-busy={vector === null}
    >
      <header className="jp-mistudio-SampleView-head">
        <strong>{label}</strong>
        <Button
          minimal
          small
          title={trans.__('Close')}
          aria-label={trans.__('Close')}
          onClick={() => {
            vectors.chosen = null;
          }}
        >
          <closeIcon.react tag="span" />
        </Button>
      </header>
      {vector && (
        <>
          <div className="jp-mistudio-SampleView-text" dir="auto">
            <Seen text={vector.before} />
            <mark>
              <Seen text={vector.token} withMarks />
            </mark>
            <Seen text={vector.after} />
          </div>
          <Facts
            label={label}
            facts={[
              [trans.__('Token'), <code key="token">{vector.token}</code>],
              [trans.__('Token id'), String(vector.id)],
              [
                trans.__('Sample'),
                <span key="sample" className="jp-mistudio-ChosenVector-sample">
                  {exact(vector.sample)}
                  {vectors.of.sample === null && (
                    <button
                      type="button"
                      className="jp-mistudio-Link"
                      onClick={() => vectors.show({ sample: vector.sample })}
                    >
                      {trans.__('Only this sample')}
                    </button>
                  )}
                  {openText && (
                    <button
                      type="button"
                      className="jp-mistudio-Link"
                      onClick={openText}
                    >
                      {trans.__('Open the dataset')}
                    </button>
                  )}
                </span>
              ],
              [trans.__('Block'), exact(vector.block)],
              [
                trans.__('Position'),
                exact(vector.position),
                trans.__('In its block or row of the tokenization.')
              ],
              [trans.__('Norm'), measured(vector.norm)],
              [
                trans.__('First values'),
                vector.values.map(measured).join(', ')
              ],
              [
                trans.__('Held out'),
                vector.held_out ? trans.__('yes') : trans.__('no'),
                trans.__('Held-out text is kept for evaluation.')
              ],
              [
                trans.__('Counted'),
                vector.counted ? trans.__('yes') : trans.__('no'),
                trans.__(
                  'Whether averages and metrics are taken over it: position 0 and special tokens are not.'
                )
              ]
            ]}
          />
        </>
      )}
    </section>
  );
}
