import * as React from 'react';
import type { Capture } from '../../api/types';
import { captureFacts } from '../../captures/words';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { isCapture, isStream, type CaptureRead } from './draft';
import type { TrainingForm } from './trainingForm';

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
  // Put together elsewhere, a training may read models beside captures.
  const beside = form.sources.filter(isStream);
  const several = form.sources.length > 1;
  const { mixing } = form.value;
  const isWeighted =
    several && (mixing === 'weights' || mixing === 'curriculum');
  const change = (capture: string, part: Partial<CaptureRead>) => {
    form.sources = form.sources.map(each =>
      isCapture(each) && each.capture === capture ? { ...each, ...part } : each
    );
  };
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
            {source && isWeighted && (
              <span className="jp-mistudio-CaptureSource-weights">
                <Weight
                  label={trans.__('Weight of %1', capture.name)}
                  word={trans.__('weight')}
                  value={source.weight ?? 1}
                  onChange={weight => change(capture.id, { weight })}
                />
                {mixing === 'curriculum' && (
                  <Weight
                    label={trans.__('Weight of %1 at the end', capture.name)}
                    word={trans.__('at the end')}
                    value={source.weight_at_end ?? source.weight ?? 1}
                    onChange={weight_at_end =>
                      change(capture.id, { weight_at_end })
                    }
                  />
                )}
              </span>
            )}
          </div>
        );
      })}
      {beside.map((source, at) => (
        <label key={at} className="jp-mistudio-Source">
          <input
            type="checkbox"
            checked
            disabled={form.isStarting}
            onChange={() => {
              form.sources = form.sources.filter(each => each !== source);
            }}
          />
          <span className="jp-mistudio-Source-words">
            {trans.__(
              'Read directly from %1, over the text %2',
              source.model,
              source.tokenization
            )}
          </span>
        </label>
      ))}
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
    { captures }: TrainingForm
  ): string | null {
    if (capture.state !== 'ready' || !capture.facts) {
      return capture.reason ?? trans.__('It is not ready yet.');
    }
    const other = captures.find(each => each.model !== capture.model);
    return other
      ? trans.__('It is of another model than “%1”.', other.name)
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

function Weight(props: {
  label: string;
  word: string;
  value: number;
  onChange: (value: number) => void;
}): JSX.Element {
  return (
    <label>
      {props.word}{' '}
      <input
        type="number"
        className="jp-mod-styled"
        aria-label={props.label}
        min={0}
        step="any"
        value={props.value}
        onChange={({ target }) => {
          if (Number.isFinite(target.valueAsNumber)) {
            props.onChange(target.valueAsNumber);
          }
        }}
      />
    </label>
  );
}
