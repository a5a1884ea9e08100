import * as React from 'react';
import { useTrans } from '../../ui/hooks';
import type { Read } from './draft';
import type { TrainingForm } from './trainingForm';

/** How much of the training is read from one of several sources, where that is for the user to say. */
export function Weights(props: {
  form: TrainingForm;
  source: Read;
  name: string;
}): JSX.Element | null {
  const trans = useTrans();
  const { form, source, name } = props;
  const { mixing } = form.value;
  if (
    form.sources.length < 2 ||
    (mixing !== 'weights' && mixing !== 'curriculum')
  ) {
    return null;
  }
  return (
    <span className="jp-mistudio-CaptureSource-weights">
      <Weight
        label={trans.__('Weight of %1', name)}
        word={trans.__('weight')}
        value={source.weight ?? 1}
        onChange={weight => form.change(source, { ...source, weight })}
      />
      {mixing === 'curriculum' && (
        <Weight
          label={trans.__('Weight of %1 at the end', name)}
          word={trans.__('at the end')}
          value={source.weight_at_end ?? source.weight ?? 1}
          onChange={weight_at_end =>
            form.change(source, { ...source, weight_at_end })
          }
        />
      )}
    </span>
  );
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
