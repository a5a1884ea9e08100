import * as React from 'react';
import type { Capture } from '../../api/types';
import { captureFacts } from '../../captures/words';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { isCapture, type CaptureRead } from './draft';
import type { TrainingForm } from './trainingForm';
import { Weights } from './weights';

/** The captures that are read: one, or several of the same model, each with its weight. */
export function CaptureChoice(props: {
  form: TrainingForm;
}): JSX.Element | null {
  const trans = useTrans();
  const { form } = props;
  const { sources: all, actions } = form.desk;
  const id = React.useId();
  if (!all.isLoaded) {
    return <p role="status">{trans.__('Loading…')}</p>;
  }
  if (!all.nested.length) {
    return (
      <EmptyState
        sentence={trans.__(
          'Nothing was captured yet. Capture the activations of a model first.'
        )}
        button={
          actions.modelsOpener && {
            label: trans.__('Show the models'),
            run: actions.modelsOpener
          }
        }
      />
    );
  }
  const chosen = form.sources.filter(isCapture);
  return (
    <div
      className="jp-mistudio-SourceChoice"
      role="group"
      aria-label={trans.__('Captures')}
    >
      {choosableFirst(all.nested, form).map((capture, at) => {
        const source = chosen.find(each => each.capture === capture.id);
        const blocked = source ? null : blockedBy(capture, form);
        return (
          <div key={capture.id} className="jp-mistudio-CaptureSource">
            <label
              className="jp-mistudio-Source"
              data-blocked={blocked === null ? undefined : ''}
            >
              <input
                type="checkbox"
                aria-label={capture.name}
                aria-describedby={`${id}${at}`}
                checked={source !== undefined}
                disabled={form.isStarting || blocked !== null}
                onChange={() => {
                  form.sources = source
                    ? form.sources.filter(each => each !== source)
                    : [...form.sources, { capture: capture.id } as CaptureRead];
                }}
              />
              <span className="jp-mistudio-Source-words">
                <span className="jp-mistudio-Source-name" title={capture.name}>
                  <bdi>{capture.name}</bdi>
                </span>
                <span className="jp-mistudio-Source-detail" id={`${id}${at}`}>
                  {blocked ?? detailOf(capture, form)}
                </span>
              </span>
            </label>
            {source && (
              <Weights form={form} source={source} name={capture.name} />
            )}
          </div>
        );
      })}
    </div>
  );

  function detailOf(capture: Capture, { desk }: TrainingForm): string {
    const model = desk.sources.head(capture.model)?.name;
    return [
      model ?? '',
      ...captureFacts(capture, trans),
      capture.facts
        ? trans.__(
            '%1 held out for evaluation',
            exact(capture.facts.held_out_tokens)
          )
        : ''
    ]
      .filter(Boolean)
      .join(' · ');
  }

  /** Why it cannot be chosen as well. */
  function blockedBy(
    capture: Capture,
    { captures, stream }: TrainingForm
  ): string | null {
    if (capture.state !== 'ready' || !capture.facts) {
      return capture.reason ?? trans.__('It is not ready yet.');
    }
    const other = captures.find(each => each.model !== capture.model);
    return other
      ? trans.__('It is of another model than “%1”.', other.name)
      : stream.model && stream.model !== capture.model
        ? trans.__('It is of another model than the one read directly.')
        : null;
  }

  function choosableFirst(
    captures: readonly Capture[],
    of: TrainingForm
  ): Capture[] {
    const isOpen = (each: Capture) =>
      chosen.some(({ capture }) => capture === each.id) ||
      blockedBy(each, of) === null;
    return [
      ...captures.filter(isOpen),
      ...captures.filter(each => !isOpen(each))
    ];
  }
}
