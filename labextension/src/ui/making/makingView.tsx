import { Clipboard } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { SchemaName } from '../../api/types';
import type { FieldChoices } from '../formSchema';
import { useTrans } from '../hooks';
import { ErrorNote } from '../notes';
import { SchemaForm } from '../schemaForm';
import type { IEstimate, IMakingDesk, MakingForm } from './makingForm';

type Form = MakingForm<IMakingDesk, IEstimate>;

export interface IMakingViewProps {
  form: Form;
  title: string;
  className: string;
  /** Parameters that show themselves what is wrong with them. */
  shown: readonly string[];
  /** What it would take, beside the parameters. */
  estimate: React.ReactNode;
  /** The line of Python that does the same; null before there is one. */
  code: (() => Promise<string>) | null;
  onStart: () => void;
  onClose: () => void;
  children: React.ReactNode;
}

/** What is asked for; beside it, what that would take; below, the buttons. */
export function MakingView(props: IMakingViewProps): JSX.Element {
  const trans = useTrans();
  const { form, title, code } = props;
  const { blocked, error } = form;
  const { sources } = form.desk;
  const id = React.useId();
  return (
    <form
      className={props.className}
      aria-label={title}
      onSubmit={event => {
        event.preventDefault();
        if (blocked === null) {
          props.onStart();
        }
      }}
    >
      <div className="jp-mistudio-NewCapture-body">
        <div className="jp-mistudio-NewCapture-fields">
          <h2>{title}</h2>
          {sources.error && !sources.isLoaded && (
            <ErrorNote
              error={sources.error}
              action={{
                label: trans.__('Try again'),
                run: () => void sources.refresh()
              }}
            />
          )}
          {props.children}
          {error && !props.shown.includes(fieldOf(error)) && (
            <ErrorNote
              error={error}
              action={{
                label: trans.__('Try again'),
                run: () => form.retry()
              }}
            />
          )}
        </div>
        {props.estimate}
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
          disabled={!code}
          title={trans.__('The line of Python that does the same')}
          onClick={() =>
            void code?.().then(line => Clipboard.copyToSystem(line))
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

/** Some of the parameters, under a title. */
export function MakingPart(props: {
  title: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <section className="jp-mistudio-NewCapture-part" aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

/** Parameters as their schema has them, with what is wrong at one of them. */
export function MakingFields(props: {
  form: Form;
  schema: SchemaName;
  fields: readonly string[];
  choices?: FieldChoices;
  wrong: ApiError | null;
}): JSX.Element {
  const { form, fields, wrong } = props;
  return (
    <SchemaForm
      studio={form.desk.studio}
      schema={props.schema}
      fields={fields}
      choices={props.choices}
      value={form.value}
      error={fields.includes(fieldOf(wrong)) ? wrong : null}
      disabled={form.isStarting}
      onChange={next => {
        form.value = next;
      }}
    />
  );
}

/** What the estimate says of one field is shown there too. */
export function problemOf(estimate: IEstimate | null): ApiError | null {
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

export function fieldOf(error: ApiError | null): string {
  return error?.field?.split('.')[0] ?? '';
}
