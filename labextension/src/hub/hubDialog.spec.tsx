import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../api/errors';
import { FakeServer, refusal } from '../testing/server';
import type { IMiStudio } from '../tokens';
import { HubForm, submitHub, type IHubAsked, type IHubKind } from './hubDialog';

const TOKEN = 'hf_once_and_never_again';
const STATE = { endpoint: 'https://hub.example', source: 'none' };
const add = vi.fn();
const ASKS: IHubKind = {
  kind: 'dataset',
  schema: 'AddDataset',
  fields: ['hub', 'name', 'revision'],
  title: 'Add a dataset of the hub',
  sayWhich: 'Say which dataset.',
  add
};
const SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    ASKS.fields.map(name => [name, { type: 'string', title: name }])
  )
};

describe('a repository of the hub', () => {
  let server: FakeServer;
  let studio: IMiStudio;

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
        asks={ASKS}
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
    await submitHub(studio, ASKS, value);
    expect(server.asked).toEqual(['PUT /hub/token', 'POST /hub/check']);
    expect(server.bodies.map(each => JSON.parse(each as string))).toEqual([
      { token: TOKEN },
      { kind: 'dataset', hub: 'org/notes', revision: 'v1' }
    ]);
    expect(add).toHaveBeenCalledWith({ hub: 'org/notes', revision: 'v1' });
    expect(value.token).toBe('');
  });

  it('sends no token that nobody typed', async () => {
    await submitHub(studio, ASKS, {
      form: { hub: 'org/notes' },
      token: ''
    });
    expect(server.asked).toEqual(['POST /hub/check']);
  });

  it('adds nothing where the hub refuses or nothing was named', async () => {
    server.on('POST /hub/check', () => refusal(404, 'hub_gone', 'hub'));
    const value = { form: { hub: 'org/none' }, token: '' };
    await expect(submitHub(studio, ASKS, value)).rejects.toMatchObject({
      field: 'hub'
    });
    await expect(
      submitHub(studio, ASKS, { form: {}, token: '' })
    ).rejects.toMatchObject({ field: 'hub' });
    expect(add).not.toHaveBeenCalled();
  });

  it('leaves it to the job where only the asking beforehand fails', async () => {
    server.on('POST /hub/check', () => refusal(504, 'timed_out'));
    await submitHub(studio, ASKS, {
      form: { hub: 'org/notes' },
      token: ''
    });
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

  it('says how large it is before anything is fetched', async () => {
    server.on('POST /hub/check', {
      endpoint: STATE.endpoint,
      account: null,
      commit: '0123456789abcdef',
      files: 3,
      bytes: 374_998_696
    });
    render(<Asking />);
    const field = await screen.findByLabelText('hub');
    fireEvent.change(field, { target: { value: 'org/notes' } });
    fireEvent.click(screen.getByText('Look how large it is'));
    await screen.findByText(/3 files of 375 MB in all, at commit 01234567/);
    expect(JSON.parse(server.bodies[0] as string)).toEqual({
      kind: 'dataset',
      hub: 'org/notes'
    });
    fireEvent.change(field, { target: { value: 'org/other' } });
    expect(screen.queryByText(/375 MB/)).toBeNull();
  });
});
