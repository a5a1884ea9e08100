import { Clipboard } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import { formGroups, type FieldChoices } from '../../ui/formSchema';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import { CaptureChoice } from './captureChoice';
import { trainingCode } from './code';
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
const ARCHITECTURES = [
  'topk',
  'batchtopk',
  'matryoshka',
  'standard',
  'jumprelu',
  'gated'
].map(value => ({ value }));
const CHOICES: FieldChoices = { architecture: ARCHITECTURES };

/** What is read, what learns from it, and how; beside it, what that would take. */
export function NewTrainingView(props: {
  form: TrainingForm;
  onStart: () => void;
  onClose: () => void;
}): JSX.Element {
  const trans = useTrans();
  const form = useModel(props.form);
  const { desk, blocked, error, schema } = form;
  const { sources, studio } = desk;
  useSignal(sources.changed, () => null);
  const id = React.useId();
  const wrong = error ?? problemOf(form);
  const groups = groupsOf(form);
  const part = (fields: readonly string[]) => (
    <SchemaForm
      studio={studio}
      schema="Train"
      fields={fields}
      choices={CHOICES}
      value={form.value}
      error={fields.includes(fieldOf(wrong)) ? wrong : null}
      disabled={form.isStarting}
      onChange={next => {
        form.value = next;
      }}
    />
  );
  const section = (title: string, body: React.ReactNode) => (
    <section className="jp-mistudio-NewCapture-part" aria-label={title}>
      <h3>{title}</h3>
      {body}
    </section>
  );
  const inForm = [
    ...APART.filter(each => each !== 'sources' && each !== 'saes'),
    ...groups.flatMap(([, fields]) => fields)
  ];
  return (
    <form
      className="jp-mistudio-NewCapture jp-mistudio-NewTraining"
      aria-label={trans.__('New training')}
      onSubmit={event => {
        event.preventDefault();
        if (blocked === null) {
          props.onStart();
        }
      }}
    >
      <div className="jp-mistudio-NewCapture-body">
        <div className="jp-mistudio-NewCapture-fields">
          <h2>{trans.__('New training')}</h2>
          {sources.error && !sources.isLoaded && (
            <ErrorNote
              error={sources.error}
              action={{
                label: trans.__('Try again'),
                run: () => void sources.refresh()
              }}
            />
          )}
          <section aria-labelledby={`${id}captures`}>
            <h3 id={`${id}captures`}>{trans.__('Captures')}</h3>
            <CaptureChoice form={form} />
            {form.sources.length > 1 && part(['mixing'])}
          </section>
          <div className="jp-mistudio-NewCapture-parts">
            {groups
              .filter(([title]) => OPEN.includes(title))
              .map(([title, fields]) => (
                <React.Fragment key={title}>
                  {section(title, part(fields))}
                </React.Fragment>
              ))}
            {section(
              trans.__('Hook points and several at once'),
              <>
                <SeveralChoice form={form} />
                {fieldOf(wrong) === 'saes' && wrong && (
                  <ErrorNote error={wrong} />
                )}
              </>
            )}
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
          {schema &&
            section(
              trans.__('Name and notes'),
              part(['start_from', 'name', 'tags', 'notes'])
            )}
          {error && !inForm.includes(fieldOf(error)) && (
            <ErrorNote
              error={error}
              action={{
                label: trans.__('Try again'),
                run: () => form.retry()
              }}
            />
          )}
        </div>
        <EstimateView form={form} />
      </div>
      <div className="jp-mistudio-NewCapture-end">
        <Button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          aria-disabled={blocked !== null || form.isStarting}
          aria-describedby={`${id}blocked`}
        >
          {trans.__('Start')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-reject"
          type="button"
          onClick={props.onClose}
        >
          {trans.__('Not now')}
        </Button>
        <Button
          className="jp-mod-styled"
          type="button"
          disabled={!form.sources.length}
          title={trans.__('The line of Python that does the same')}
          onClick={() =>
            void trainingCode(studio, form.value).then(code =>
              Clipboard.copyToSystem(code)
            )
          }
        >
          {trans.__('Copy as code')}
        </Button>
        <span id={`${id}blocked`} role="status">
          {blocked}
        </span>
      </div>
    </form>
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

/** What the estimate says of one field is shown there too. */
function problemOf({ estimate, sources }: TrainingForm): ApiError | null {
  return estimate?.problem && estimate.field && sources.length
    ? new ApiError({
        message: estimate.problem,
        hint: '',
        code: 'problem',
        field: estimate.field,
        status: 0
      })
    : null;
}

function fieldOf(error: ApiError | null): string {
  return error?.field?.split('.')[0] ?? '';
}
