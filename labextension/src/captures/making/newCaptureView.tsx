import { Clipboard } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { FormValue } from '../../ui/formSchema';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import { LayerGrid } from '../grid/layerGrid';
import type { CaptureForm } from './captureForm';
import { captureCode } from './code';
import { EstimateView } from './estimateView';
import { SourceChoice } from './sourceChoice';
import { choosableFirst, modelSource, textSource } from './sourceWords';

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
  const { desk, value, blocked, error } = form;
  const { sources, studio } = desk;
  useSignal(sources.changed, () => null);
  const id = React.useId();
  const model = sources.model(value.model);
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
  const wrong = error ?? problemOf(form);
  const part = (title: string, fields: readonly string[]) => (
    <section className="jp-mistudio-NewCapture-part" aria-label={title}>
      <h3>{title}</h3>
      <SchemaForm
        studio={studio}
        schema="MakeCapture"
        fields={fields}
        value={value}
        error={fields.includes(fieldOf(wrong)) ? wrong : null}
        disabled={form.isStarting}
        onChange={next => {
          form.value = next;
        }}
      />
    </section>
  );
  const shown = [...kept, ...HELD, ...NAMES];
  return (
    <form
      className="jp-mistudio-NewCapture"
      aria-label={trans.__('New capture')}
      onSubmit={event => {
        event.preventDefault();
        if (blocked === null) {
          props.onStart();
        }
      }}
    >
      <div className="jp-mistudio-NewCapture-body">
        <div className="jp-mistudio-NewCapture-fields">
          <h2>{trans.__('New capture')}</h2>
          {sources.error && !sources.isLoaded && (
            <ErrorNote
              error={sources.error}
              action={{
                label: trans.__('Try again'),
                run: () => void sources.refresh()
              }}
            />
          )}
          <div className="jp-mistudio-NewCapture-sources">
            <section aria-labelledby={`${id}model`}>
              <h3 id={`${id}model`}>{trans.__('Model')}</h3>
              {sources.models.length ? (
                <SourceChoice
                  label={trans.__('Model')}
                  sources={choosableFirst(
                    sources.models.map(each => modelSource(each, trans))
                  )}
                  value={value.model}
                  disabled={form.isStarting}
                  onChange={chosen => change({ model: chosen })}
                />
              ) : (
                sources.isLoaded && (
                  <Nothing
                    form={form}
                    sentence={trans.__('There is no model yet.')}
                    panel="models"
                    label={trans.__('Show the models')}
                  />
                )
              )}
            </section>
            <section aria-labelledby={`${id}text`}>
              <h3 id={`${id}text`}>{trans.__('Text')}</h3>
              {sources.tokenizations.length ? (
                <SourceChoice
                  label={trans.__('Text')}
                  sources={choosableFirst(
                    sources.tokenizations.map(each =>
                      textSource(each, sources, model, trans)
                    )
                  )}
                  value={value.tokenization}
                  disabled={form.isStarting}
                  onChange={chosen => change({ tokenization: chosen })}
                />
              ) : (
                sources.isLoaded && (
                  <Nothing
                    form={form}
                    sentence={trans.__('No text is tokenized yet.')}
                    panel="datasets"
                    label={trans.__('Show the datasets')}
                  />
                )
              )}
            </section>
          </div>
          <section aria-labelledby={`${id}hooks`}>
            <h3 id={`${id}hooks`}>{trans.__('Hook points')}</h3>
            <Points form={form} />
          </section>
          <div className="jp-mistudio-NewCapture-parts">
            {part(trans.__('What is kept'), kept)}
            {part(trans.__('How it is held'), HELD)}
            {part(trans.__('Name and notes'), NAMES)}
          </div>
          {error && !shown.includes(fieldOf(error)) && (
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
          disabled={!value.model || !value.tokenization}
          title={trans.__('The line of Python that does the same')}
          onClick={() =>
            void captureCode(studio, form.value, form.hooks).then(code =>
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

/** The grid, once it is known where the model can be read. */
function Points(props: { form: CaptureForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const { points, pointsError, value } = form;
  if (!value.model) {
    return (
      <p className="jp-mistudio-faint">
        {trans.__('They are shown once a model is chosen.')}
      </p>
    );
  }
  if (pointsError) {
    return (
      <ErrorNote
        error={pointsError}
        action={{
          label: trans.__('Try again'),
          run: () => void form.readPoints()
        }}
      />
    );
  }
  return points ? (
    <LayerGrid
      points={points}
      hooks={form.hooks}
      disabled={form.isStarting}
      onChange={hooks => {
        form.value = { ...form.value, hooks };
      }}
    />
  ) : (
    <p role="status">
      {trans.__(
        'The model is loaded to see where it can be read. The next time this is known.'
      )}
    </p>
  );
}

/** What the estimate says of one field is shown there too. */
function problemOf({ estimate }: CaptureForm): ApiError | null {
  return estimate?.problem && estimate.field
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
