import * as React from 'react';
import { formGroups } from '../../ui/formSchema';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import {
  fieldOf,
  MakingFields,
  MakingPart,
  MakingView,
  problemOf
} from '../../ui/making/makingView';
import { CaptureChoice } from './captureChoice';
import { trainingCode } from './code';
import { DirectChoice } from './directChoice';
import { EstimateView } from './estimateView';
import { SeveralChoice } from './severalChoice';
import type { TrainingForm } from './trainingForm';

/** They have places of their own in the form. */
const APART = [
  'sources',
  'mixing',
  'saes',
  'start_from',
  'name',
  'tags',
  'notes'
];
/** Groups of the schema that most trainings are about; the others are folded. */
const OPEN = ['Architecture', 'Sparsity', 'Length'];
/** What is read, what learns from it, and how; beside it, what that would take. */
export function NewTrainingView(props: {
  form: TrainingForm;
  onStart: () => void;
  onClose: () => void;
}): JSX.Element {
  const trans = useTrans();
  const form = useModel(props.form);
  const { desk, schema } = form;
  const { sources, studio } = desk;
  useSignal(sources.changed, () => null);
  const id = React.useId();
  const wrong =
    form.error ?? (form.isReadable ? problemOf(form.estimate) : null);
  const groups = groupsOf(form);
  const part = (fields: readonly string[]) => (
    <MakingFields
      form={form}
      schema="Train"
      fields={fields}
      choices={form.choices}
      wrong={wrong}
    />
  );
  const inForm = [
    ...APART.filter(each => each !== 'sources' && each !== 'saes'),
    ...groups.flatMap(([, fields]) => fields)
  ];
  return (
    <MakingView
      form={form}
      title={trans.__('New training')}
      className="jp-mistudio-NewCapture jp-mistudio-NewTraining"
      shown={inForm}
      estimate={<EstimateView form={form} />}
      code={form.isReadable ? () => trainingCode(studio, form.wanted) : null}
      onStart={props.onStart}
      onClose={props.onClose}
    >
      <section aria-labelledby={`${id}sources`}>
        <h3 id={`${id}sources`}>{trans.__('From')}</h3>
        <From form={form} />
        {form.from !== 'direct' && <CaptureChoice form={form} />}
        {form.isDirect && <DirectChoice form={form} />}
        {form.sources.length > 1 && part(['mixing'])}
      </section>
      <div className="jp-mistudio-NewCapture-parts">
        {groups
          .filter(([title]) => OPEN.includes(title))
          .map(([title, fields]) => (
            <MakingPart key={title} title={title}>
              {part(fields)}
            </MakingPart>
          ))}
        <MakingPart title={trans.__('Hook points and several at once')}>
          <SeveralChoice form={form} />
          {fieldOf(wrong) === 'saes' && wrong && <ErrorNote error={wrong} />}
        </MakingPart>
      </div>
      {groups
        .filter(([title]) => !OPEN.includes(title))
        .map(([title, fields]) => (
          <details
            key={title}
            className="jp-mistudio-NewTraining-more"
            open={fields.includes(fieldOf(wrong)) || undefined}
          >
            <summary>{title}</summary>
            {part(fields)}
          </details>
        ))}
      {schema && (
        <MakingPart title={trans.__('Name and notes')}>
          {part(['start_from', 'name', 'tags', 'notes'])}
        </MakingPart>
      )}
    </MakingView>
  );
}

/** What was captured before, or a model as it reads, or both. */
function From(props: { form: TrainingForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const name = React.useId();
  const choice = (from: TrainingForm['from'], label: string) => (
    <label>
      <input
        type="radio"
        name={name}
        checked={form.from === from}
        disabled={form.isStarting}
        onChange={() => {
          form.from = from;
        }}
      />{' '}
      {label}
    </label>
  );
  return (
    <div
      className="jp-mistudio-Checks"
      role="radiogroup"
      aria-label={trans.__('From')}
    >
      {choice('captures', trans.__('Captures'))}
      {choice('direct', trans.__('A model, directly'))}
      {choice('both', trans.__('Both, mixed'))}
    </div>
  );
}

/** The schema's groups with the fields that matter with these values. */
function groupsOf({ schema, value }: TrainingForm): [string, string[]][] {
  if (!schema) {
    return [];
  }
  const fields = Object.keys(schema.properties ?? {}).filter(
    name => !APART.includes(name)
  );
  return formGroups(schema, value, { fields }).map(group => [
    group.title,
    Object.keys(group.schema.properties ?? {})
  ]);
}
