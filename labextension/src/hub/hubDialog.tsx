import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { ApiError } from '../api/errors';
import type { CheckHub, SchemaName } from '../api/types';
import type { IMiStudio } from '../tokens';
import { askUntilDone } from '../ui/formDialog';
import type { FormValue } from '../ui/formSchema';
import { SchemaForm } from '../ui/schemaForm';
import { TokenPart } from './hubToken';
import { HubSize } from './hubSize';

/** What a token could help against. */
const OF_TOKEN = ['hub_gated', 'hub_token', 'hub_refused'];

/** What is asked for one kind of repository, and how it is added. */
export interface IHubKind {
  kind: CheckHub['kind'];
  schema: SchemaName;
  fields: readonly string[];
  title: string;
  /** What is said where none is named. */
  sayWhich: string;
  add: (params: FormValue) => Promise<void>;
}

export interface IHubAsked {
  form: FormValue;
  /** Only what was typed here and not sent yet. */
  token: string;
}

/** Ask for a repository of the hub; asks again while the hub or the server refuses. */
export async function askHub(studio: IMiStudio, asks: IHubKind): Promise<void> {
  await askUntilDone<IHubAsked>({
    studio,
    title: asks.title,
    first: { form: {}, token: '' },
    form: (value, onChange, error) => (
      <HubForm
        studio={studio}
        asks={asks}
        value={value}
        error={error}
        onChange={onChange}
      />
    ),
    submit: value => submitHub(studio, asks, value)
  });
}

/** Keep the token that was typed, ask the hub whether the repository is there for us, and add it. */
export async function submitHub(
  studio: IMiStudio,
  asks: IHubKind,
  value: IHubAsked
): Promise<void> {
  const { client, trans } = studio;
  const { hub } = value.form;
  if (!hub) {
    throw new ApiError({
      message: asks.sayWhich,
      hint: '',
      code: 'missing',
      field: 'hub',
      status: 0
    });
  }
  const note = Notification.emit(trans.__('Asking the hub…'), 'in-progress', {
    autoClose: false
  });
  try {
    if (value.token) {
      await client.put('/hub/token', { body: { token: value.token } });
      // It is kept now, and not to be shown or sent once more.
      value.token = '';
    }
    await client.post('/hub/check', { body: questionOf(asks, value.form) });
  } catch (thrown) {
    const error = ApiError.from(thrown);
    // Where only the asking beforehand fails, the job asks again, and is more patient.
    if (error.field || error.code.startsWith('hub_')) {
      throw error;
    }
  } finally {
    Notification.dismiss(note);
  }
  await asks.add(value.form);
}

function questionOf(asks: IHubKind, form: FormValue): Partial<CheckHub> {
  const { hub, revision } = form as Partial<CheckHub>;
  return { kind: asks.kind, hub, revision };
}

/** Which repository of the hub, and as whom. */
export function HubForm(props: {
  studio: IMiStudio;
  asks: IHubKind;
  value: IHubAsked;
  error: ApiError | null;
  onChange: (value: IHubAsked) => void;
}): JSX.Element {
  const { studio, asks, value, error, onChange } = props;
  const isOfToken =
    error !== null &&
    (error.field === 'token' || OF_TOKEN.includes(error.code));
  const token = (
    <TokenPart
      studio={studio}
      value={value.token}
      error={isOfToken ? error : null}
      onChange={next => onChange({ ...value, token: next })}
    />
  );
  return (
    <>
      {/* What is wrong must not lie out of sight, and the form is long. */}
      {isOfToken && token}
      <SchemaForm
        studio={studio}
        schema={asks.schema}
        fields={asks.fields}
        // The field of the token is there sooner, and not what one begins with.
        autoFocus
        value={value.form}
        error={isOfToken ? null : error}
        onChange={form => onChange({ ...value, form })}
      />
      <HubSize studio={studio} question={questionOf(asks, value.form)} />
      {!isOfToken && token}
    </>
  );
}
