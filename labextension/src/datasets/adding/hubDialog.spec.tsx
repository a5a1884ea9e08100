import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import { FakeServer, refusal } from '../../testing/server';
import type { IMiStudio } from '../../tokens';
import { FIELDS, HubForm, submitHub, type IHubAsked } from './hubDialog';

const TOKEN = 'hf_once_and_never_again';
const STATE = { endpoint: 'https://hub.example', source: 'none' };
const SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    FIELDS.map(name => [name, { type: 'string', title: name }])
  )
};

describe('a dataset of the hub', () => {
  let server: FakeServer;
  let studio: IMiStudio;
  const add = vi.fn();

  beforeEach(() => {
    add.mockReset();
    server = new FakeServer();
    studio = {
      client: server.client,
      trans: nullTranslator.load(''),
      schema: () => Promise.resolve(SCHEMA)
    } as unknown as IMiStudio;
    server.on('GET /hub/token', STATE);
    server.on('PUT /hub/token', { ...STATE, source: 'saved' });
    server.on('DELETE /hub/token', STATE);
    server.on('POST /hub/check', {
      endpoint: STATE.endpoint,
      account: 'jane',
      commit: null,
      files: null,
      bytes: null
    });
  });

  function Asking(props: { error?: ApiError }): JSX.Element {
    const [value, setValue] = React.useState<IHubAsked>({
      form: {},
      token: ''
    });
    return (
      <HubForm
        studio={studio}
        value={value}
        error={props.error ?? null}
        onChange={setValue}
      />
    );
  }

  const refused = (code: string, field?: string) =>
    new ApiError({
      message: 'It is wrong.',
      hint: 'Do better.',
      code,
      field,
      status: 404
    });

  it('keeps the token, asks the hub, and adds', async () => {
    const value = { form: { hub: 'org/notes', revision: 'v1' }, token: TOKEN };
    await submitHub(value, { studio, add });
    expect(server.asked).toEqual(['PUT /hub/token', 'POST /hub/check']);
    expect(server.bodies.map(each => JSON.parse(each as string))).toEqual([
      { token: TOKEN },
      { hub: 'org/notes', revision: 'v1' }
    ]);
    expect(add).toHaveBeenCalledWith({ hub: 'org/notes', revision: 'v1' });
    expect(value.token).toBe('');
  });

  it('sends no token that nobody typed', async () => {
    await submitHub({ form: { hub: 'org/notes' }, token: '' }, { studio, add });
    expect(server.asked).toEqual(['POST /hub/check']);
  });

  it('adds nothing where the hub refuses or nothing was named', async () => {
    server.on('POST /hub/check', () => refusal(404, 'hub_gone', 'hub'));
    const value = { form: { hub: 'org/none' }, token: '' };
    await expect(submitHub(value, { studio, add })).rejects.toMatchObject({
      field: 'hub'
    });
    await expect(
      submitHub({ form: {}, token: '' }, { studio, add })
    ).rejects.toMatchObject({ field: 'hub' });
    expect(add).not.toHaveBeenCalled();
  });

  it('leaves it to the job where only the asking beforehand fails', async () => {
    server.on('POST /hub/check', () => refusal(504, 'timed_out'));
    await submitHub({ form: { hub: 'org/notes' }, token: '' }, { studio, add });
    expect(add).toHaveBeenCalledOnce();
  });

  it('shows whether there is a token, and never one', async () => {
    server.on('GET /hub/token', { ...STATE, source: 'saved' });
    render(<Asking />);
    await screen.findByText(/is kept already/);
    const field = screen.getByLabelText('New token') as HTMLInputElement;
    expect([field.type, field.value]).toEqual(['password', '']);
    fireEvent.click(screen.getByText('Forget the token'));
    await screen.findByText(/There is no token for/);
    expect(server.asked).toContain('DELETE /hub/token');
    expect(screen.queryByText('Forget the token')).toBeNull();
  });

  it('tests the connection with what was typed, which is then gone', async () => {
    render(<Asking />);
    const field = screen.getByLabelText('New token') as HTMLInputElement;
    fireEvent.change(field, { target: { value: TOKEN } });
    fireEvent.click(screen.getByText('Test connection'));
    await screen.findByText(/knows you as jane/);
    expect(field.value).toBe('');
    expect(server.asked).toContain('PUT /hub/token');
  });

  it('says what is wrong with the connection', async () => {
    server.on('POST /hub/check', () => refusal(503, 'hub_unreachable'));
    render(<Asking />);
    fireEvent.click(screen.getByText('Test connection'));
    expect((await screen.findByRole('alert')).textContent).toContain('wrong');
  });

  it('says what is wrong at the field it speaks of', async () => {
    render(<Asking error={refused('hub_gone', 'hub')} />);
    const field = (await screen.findByLabelText('hub')).closest(
      '.jp-mistudio-Field'
    )!;
    expect(field.textContent).toContain('It is wrong. Do better.');
  });

  it('says at the token what a token could help against', async () => {
    render(<Asking error={refused('hub_gated')} />);
    await screen.findByLabelText('hub');
    const note = screen.getByRole('alert');
    expect(note.closest('fieldset')!.textContent).toContain('New token');
  });
});
