import * as React from 'react';
import type { FormValue } from '../../ui/formSchema';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { PointsOfModel } from '../../ui/layers/pointsOfModel';
import { EmptyState } from '../../ui/notes';
import {
  MakingFields,
  MakingPart,
  MakingView,
  problemOf
} from '../../ui/making/makingView';
import type { CaptureForm } from './captureForm';
import { captureCode } from './code';
import { EstimateView } from './estimateView';
import { ModelAndText } from './modelAndText';

const KEPT = [
  'max_tokens',
  'max_samples',
  'seed',
  'drop_first',
  'drop_special'
];
const OF_CONVERSATIONS = ['role'];
const HELD = ['dtype', 'precision', 'fall_back', 'batch_size'];
const NAMES = ['name', 'tags', 'notes'];

/** What is read, of which text, where in the model; beside it, what that would take. */
export function NewCaptureView(props: {
  form: CaptureForm;
  onStart: () => void;
  onClose: () => void;
}): JSX.Element {
  const trans = useTrans();
  const form = useModel(props.form);
  const { desk, value } = form;
  const { sources, studio } = desk;
  useSignal(sources.changed, () => null);
  const id = React.useId();
  const text = sources.tokenization(value.tokenization);
  const isChat = !!sources.dataset(text?.parent)?.facts?.conversations;
  const change = (part: FormValue) => {
    form.value = { ...form.value, ...part };
  };
  const kept = [
    ...KEPT.filter(
      // Which samples are chosen matters where not all are.
      each => each !== 'seed' || value.max_samples !== undefined
    ),
    ...(isChat || value.role !== undefined ? OF_CONVERSATIONS : [])
  ];
  const wrong = form.error ?? problemOf(form.estimate);
  const part = (title: string, fields: readonly string[]) => (
    <MakingPart title={title}>
      <MakingFields
        form={form}
        schema="MakeCapture"
        fields={fields}
        wrong={wrong}
      />
    </MakingPart>
  );
  return (
    <MakingView
      form={form}
      title={trans.__('New capture')}
      className="jp-mistudio-NewCapture"
      shown={[...kept, ...HELD, ...NAMES]}
      estimate={<EstimateView form={form} />}
      code={
        value.model && value.tokenization
          ? () => captureCode(studio, form.value, form.hooks)
          : null
      }
      onStart={props.onStart}
      onClose={props.onClose}
    >
      <ModelAndText
        sources={sources}
        model={value.model}
        tokenization={value.tokenization}
        disabled={form.isStarting}
        heading="h3"
        noModel={
          <Nothing
            form={form}
            sentence={trans.__('There is no model yet.')}
            panel="models"
            label={trans.__('Show the models')}
          />
        }
        noText={
          <Nothing
            form={form}
            sentence={trans.__('No text is tokenized yet.')}
            panel="datasets"
            label={trans.__('Show the datasets')}
          />
        }
        onChange={change}
      />
      <section aria-labelledby={`${id}hooks`}>
        <h3 id={`${id}hooks`}>{trans.__('Hook points')}</h3>
        <PointsOfModel
          model={value.model}
          points={form.points}
          error={form.pointsError}
          hooks={form.hooks}
          disabled={form.isStarting}
          onChange={hooks => change({ hooks })}
          onRetry={() => void form.readPoints()}
        />
      </section>
      <div className="jp-mistudio-NewCapture-parts">
        {part(trans.__('What is kept'), kept)}
        {part(trans.__('How it is held'), HELD)}
        {part(trans.__('Name and notes'), NAMES)}
      </div>
    </MakingView>
  );
}

function Nothing(props: {
  form: CaptureForm;
  sentence: string;
  panel: 'models' | 'datasets';
  label: string;
}): JSX.Element {
  const run = props.form.desk.actions.panelOpener(props.panel);
  return (
    <EmptyState
      sentence={props.sentence}
      button={run && { label: props.label, run }}
    />
  );
}
