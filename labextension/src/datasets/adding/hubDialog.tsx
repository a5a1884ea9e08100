import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { AddDataset } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';
import { askUntilDone, type Add } from './addDialogs';
import { TokenPart } from './hubToken';

export const FIELDS = [
  'hub',
  'name',
  'config',
  'split',
  'revision',
  'row_limit',
  'rows',
  'columns',
  'separator',
  'split_column',
  'sample_by'
];

/** What a token could help against. */
const OF_TOKEN = ['hub_gated', 'hub_token', 'hub_refused'];

export interface IHubAsked {
  form: FormValue;
  /** Only what was typed here and not sent yet. */
  token: string;
}

/** Ask for a dataset of the hub; asks again while the hub or the server refuses. */
export async function askHub(options: {
  studio: IMiStudio;
  add: Add;
}): Promise<void> {
  const { studio } = options;
  await askUntilDone<IHubAsked>({
    studio,
    title: studio.trans.__('Add a dataset of the hub'),
    first: { form: {}, token: '' },
    form: (value, onChange, error) => (
      <HubForm
        studio={studio}
        value={value}
        error={error}
        onChange={onChange}
      />
    ),
    submit: value => submitHub(value, options)
  });
}

/** Keep the token that was typed, ask the hub whether the dataset is there for us, and add it. */
export async function submitHub(
  value: IHubAsked,
  options: { studio: IMiStudio; add: Add }
): Promise<void> {
  const { client, trans } = options.studio;
  const { hub, revision } = value.form as Partial<AddDataset>;
  if (!hub) {
    throw new ApiError({
      message: trans.__('Say which dataset.'),
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
    await client.post('/hub/check', { body: { hub, revision } });
  } catch (thrown) {
    const error = ApiError.from(thrown);
    // Where only the asking beforehand fails, the job asks again, and is more patient.
    if (error.field || error.code.startsWith('hub_')) {
      throw error;
    }
  } finally {
    Notification.dismiss(note);
  }
  await options.add(value.form);
}

/** Which dataset of the hub, and as whom. */
export function HubForm(props: {
  studio: IMiStudio;
  value: IHubAsked;
  error: ApiError | null;
  onChange: (value: IHubAsked) => void;
}): JSX.Element {
  const { studio, value, error, onChange } = props;
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
        schema="AddDataset"
        fields={FIELDS}
        // The field of the token is there sooner, and not what one begins with.
        autoFocus
        value={value.form}
        error={isOfToken ? null : error}
        onChange={form => onChange({ ...value, form })}
      />
      {!isOfToken && token}
    </>
  );
}
