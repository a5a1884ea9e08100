import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import type { EventStream } from '../../api/events';
import type { SourceLook } from '../../api/types';
import document from '../../../../docs/openapi.json';
import { FakeServer, refusal, turns } from '../../testing/server';
import type { IMiStudio } from '../../tokens';
import { look, puzzling } from '../testing/look';
import { AddForm } from './addForm';
import { AddView } from './addView';
import type { Draft } from './arriving';

const HOSTILE = '<img src=x onerror=alert(1)>';

describe('a dataset about to be added', () => {
  let server: FakeServer;
  let studio: IMiStudio;
  let form: AddForm;
  let events: { state: string; stateChanged: Signal<object, void> };
  const onAdd = vi.fn();
  const onClose = vi.fn();

  beforeEach(() => {
    onAdd.mockReset();
    server = new FakeServer();
    events = { state: 'live', stateChanged: new Signal({}) };
    studio = {
      client: server.client,
      events: events as unknown as EventStream,
      trans: nullTranslator.load(''),
      schema: () =>
        Promise.resolve(document.components.schemas.AddDataset as never)
    } as unknown as IMiStudio;
    server.on('POST /datasets', { object: 'ds_9', job: 'jb_9' });
  });

  afterEach(() => form.dispose());

  const settle = () => act(turns);

  async function draw(
    draft: Draft,
    seen: SourceLook | Response | null = look()
  ): Promise<void> {
    server.on('POST /datasets/look', () => seen ?? refusal(404, 'gone'));
    form = new AddForm({ studio, draft, settle: 0 });
    render(
      <AddView
        form={form}
        studio={studio}
        choose={() => Promise.resolve('/data/chosen')}
        onAdd={onAdd}
        onClose={onClose}
      />
    );
    await settle();
    await screen.findByLabelText('Name');
  }

  const button = () =>
    screen.getByRole<HTMLButtonElement>('button', { name: 'Add dataset' });
  const box = (name: string) =>
    screen.getByRole<HTMLInputElement>('checkbox', { name });
  const tick = async (name: string) => {
    fireEvent.click(box(name));
    await settle();
  };
  const lastLook = () =>
    JSON.parse(
      String(server.bodies[server.asked.lastIndexOf('POST /datasets/look')])
    );

  it('asks for a path first, and looks at what was chosen', async () => {
    await draw({});
    expect(server.asked).toEqual([]);
    expect(button().disabled).toBe(true);
    expect(screen.getByText('Say which file or folder.')).toBeDefined();
    fireEvent.click(screen.getByText('Choose a file or folder…'));
    await settle();
    expect(lastLook()).toEqual({ path: '/data/chosen' });
    expect(screen.getByLabelText<HTMLInputElement>(/Path/).value).toBe(
      '/data/chosen'
    );
    expect(button().disabled).toBe(false);
    const told = screen.getByRole('region', { name: 'What would be read' });
    expect(told.textContent).toContain('1 file · 2.05 kB · csv');
    expect(within(told).getByRole('listitem').textContent).toBe(
      'train · 14 charactersThe rain fell.'
    );
  });

  it('joins columns in the order in which they are ticked', async () => {
    await draw({ path: 'a.csv' });
    expect(box('text').checked).toBe(true);
    expect(box('title').checked).toBe(false);
    expect(box('year').disabled).toBe(true);
    expect(screen.queryByLabelText('Between columns')).toBeNull();
    await tick('title');
    expect(lastLook().columns).toEqual(['text', 'title']);
    expect(
      screen.getByLabelText<HTMLInputElement>('Between columns').value
    ).toBe('\\n\\n');
    await tick('text');
    await tick('text');
    expect(lastLook().columns).toEqual(['title', 'text']);
    fireEvent.change(screen.getByLabelText('Between columns'), {
      target: { value: ' | \\t' }
    });
    await settle();
    expect(lastLook().separator).toBe(' | \t');
  });

  it('leaves the columns to the server where nobody chose', async () => {
    await draw({ path: 'a.csv' });
    fireEvent.change(screen.getByLabelText('Split column'), {
      target: { value: '2' }
    });
    await settle();
    expect(lastLook()).toEqual({ path: 'a.csv', split_column: 'year' });
  });

  it('wants a column where all were unticked, and asks nothing meanwhile', async () => {
    await draw({ path: 'a.csv' });
    const before = server.asked.length;
    await tick('text');
    expect(button().disabled).toBe(true);
    expect(screen.getByRole('form').textContent).toContain(
      'Tick at least one column.'
    );
    expect(server.asked).toHaveLength(before);
    await tick('title');
    expect(lastLook().columns).toEqual(['title']);
    expect(button().disabled).toBe(false);
  });

  it('says what stands in the way, until it is decided', async () => {
    await draw({ path: 'a.csv' }, puzzling());
    expect(screen.getByRole('alert').textContent).toBe(
      'Several columns hold text. Choose.'
    );
    expect(button().disabled).toBe(true);
    server.on('POST /datasets/look', look());
    await tick('body');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(button().disabled).toBe(false);
  });

  it('forgets the columns of another file', async () => {
    await draw({ path: 'a.csv', columns: ['title'] });
    expect(lastLook().columns).toEqual(['title']);
    fireEvent.change(screen.getByLabelText(/Path/), {
      target: { value: 'b.csv' }
    });
    await settle();
    expect(lastLook()).toEqual({ path: 'b.csv' });
  });

  it('asks how plain text is cut, and of no columns', async () => {
    await draw({ path: 'a.txt' }, look({ formats: ['txt'], columns: [] }));
    fireEvent.change(screen.getByLabelText('One sample is'), {
      target: { value: '2' }
    });
    await settle();
    expect(lastLook()).toEqual({ path: 'a.txt', sample_by: 'document' });
    expect(screen.queryByLabelText('Rows hold')).toBeNull();
    expect(screen.queryByRole('checkbox')).toBeNull();
  });

  it('says what conversations it found', async () => {
    await draw(
      { path: 'chat.jsonl' },
      look({
        formats: ['jsonl'],
        rows: 'messages',
        chosen: ['messages'],
        columns: [
          { name: 'messages', type: 'list', example: '[{"role": …' },
          { name: 'chosen', type: 'list', example: '[{"role": …' },
          { name: 'year', type: 'number', example: '1900' }
        ],
        samples: [{ text: 'user: Hi', length: 8, split: 'train', messages: 2 }]
      })
    );
    const told = screen.getByRole('region', { name: 'What would be read' });
    expect(told.textContent).toContain('conversations (messages)');
    expect(told.textContent).toContain('8 characters · 2 messages');
    expect(box('messages').checked).toBe(true);
    expect(box('year').disabled).toBe(true);
    // Of several lists of messages, one is taken.
    await tick('chosen');
    expect(lastLook()).toEqual({
      path: 'chat.jsonl',
      rows: 'messages',
      columns: ['chosen']
    });
    expect(box('messages').checked).toBe(false);
  });

  it('counts bad rows, and shows hostile names and cells as text', async () => {
    await draw(
      { path: 'a.csv' },
      look({
        columns: [
          { name: HOSTILE, type: 'text', example: HOSTILE },
          { name: '__proto__', type: 'text', example: '' }
        ],
        chosen: [HOSTILE],
        samples: [
          { text: HOSTILE, length: 99, split: HOSTILE, messages: null }
        ],
        bad_rows: [`Row 2: ${HOSTILE}`]
      })
    );
    expect(screen.getByRole('form').querySelector('img')).toBeNull();
    expect(box(HOSTILE).checked).toBe(true);
    expect(screen.getByText(`Row 2: ${HOSTILE}`)).toBeDefined();
    expect(screen.getByText(`${HOSTILE}…`)).toBeDefined();
    await tick('__proto__');
    expect(lastLook().columns).toEqual([HOSTILE, '__proto__']);
  });

  it('says at the path that there is nothing', async () => {
    await draw({ path: 'none' }, refusal(404, 'not_found', 'path'));
    const field = screen.getByLabelText(/Path/).closest('.jp-mistudio-Field')!;
    expect(field.textContent).toContain('It is wrong. Do better.');
    expect(button().disabled).toBe(true);
  });

  it('can be added although nobody could look, and looks again when asked', async () => {
    await draw({ path: 'a.csv' }, refusal(504, 'timed_out'));
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    expect(button().disabled).toBe(false);
    server.on('POST /datasets/look', look());
    fireEvent.click(screen.getByText('Look again'));
    await settle();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('waits while the server is away, and looks when it is back', async () => {
    server.isDown = true;
    await draw({ path: 'a.csv' });
    act(() => {
      events.state = 'offline';
      events.stateChanged.emit();
    });
    expect(button().disabled).toBe(true);
    expect(screen.getByText('The server cannot be reached.')).toBeDefined();
    server.isDown = false;
    act(() => {
      events.state = 'live';
      events.stateChanged.emit();
    });
    await settle();
    expect(button().disabled).toBe(false);
    expect(screen.getByText(/1 file/)).toBeDefined();
  });

  it('adds what was asked for, and only once', async () => {
    await draw({ upload: 'up_1' });
    expect(screen.queryByLabelText(/Path/)).toBeNull();
    await tick('title');
    fireEvent.change(screen.getByLabelText('Name'), {
      target: { value: 'mine' }
    });
    fireEvent.change(screen.getByLabelText('Tags'), {
      target: { value: 'one\ntwo' }
    });
    fireEvent.change(screen.getByLabelText('Notes'), {
      target: { value: 'a\nb' }
    });
    fireEvent.submit(screen.getByRole('form'));
    expect(onAdd).toHaveBeenCalledTimes(1);
    const [first, second] = await act(() =>
      Promise.all([form.add(), form.add()])
    );
    expect([first, second]).toEqual(['ds_9', null]);
    expect(JSON.parse(String(server.bodies[server.bodies.length - 1]))).toEqual(
      {
        upload: 'up_1',
        columns: ['text', 'title'],
        name: 'mine',
        tags: ['one', 'two'],
        notes: 'a\nb'
      }
    );
  });

  it('is not added with what was changed a moment ago, if that cannot be read', async () => {
    await draw({ path: 'a.csv' });
    server.on('POST /datasets/look', puzzling());
    act(() => {
      form.value = { ...form.value, rows: 'messages' };
    });
    expect(await act(() => form.add())).toBeNull();
    expect(server.asked).not.toContain('POST /datasets');
  });

  it('shows at its field what the server refuses', async () => {
    server.on('POST /datasets', () => refusal(400, 'wrong', 'name'));
    await draw({ path: 'a.csv' });
    await act(() => form.add());
    const field = screen.getByLabelText('Name').closest('.jp-mistudio-Field')!;
    expect(field.textContent).toContain('It is wrong. Do better.');
    server.on('POST /datasets', () => refusal(507, 'disk_full'));
    await act(() => form.add());
    expect(screen.getAllByRole('alert').map(each => each.textContent)).toEqual([
      expect.stringContaining('disk_full')
    ]);
  });
});
