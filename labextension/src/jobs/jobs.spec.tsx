import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { EventStream } from '../api/events';
import type { Job, LogLine } from '../api/types';
import { Memory } from '../frame/memory';
import { MiStudio } from '../frame/studio';
import {
  event,
  FakeServer,
  FakeSocket,
  job,
  refusal,
  turns
} from '../testing/server';
import { showBadge } from './badge';
import { addCommands } from './commands';
import { JobsDesk } from './desk';
import { JobList } from './list';
import { LogModel } from './log/model';
import { LogView } from './log/view';
import { wholeLog } from './log/download';
import { JobsModel } from './model';
import { JobNotifier } from './notifier';
import { JobsStatus } from './statusItem';
import { CommandIDs } from './commandIds';
import { JobsView } from './view';
import { Workspace } from './workspace';

let server: FakeServer;
let studio: MiStudio;
let commands: CommandRegistry;
let desk: JobsDesk;
let jobs: Job[];

async function settle(): Promise<void> {
  await act(turns);
}

beforeEach(async () => {
  // jsdom has no layout; the virtual lists need some.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(300);
  FakeSocket.all = [];
  server = new FakeServer();
  jobs = [
    job({
      id: 'jb_1',
      label: 'Tokenize stories',
      object: 'ds_1',
      memory: 1_200_000_000,
      progress: {
        done: 62,
        total: 100,
        unit: 'samples',
        stage: 'tokenizing',
        rate: 10,
        seconds_left: 58
      }
    }),
    job({
      id: 'jb_2',
      label: 'Read notes',
      state: 'failed',
      started: 2,
      ended: 35,
      error: {
        message: 'The disk is full.',
        error: {
          code: 'disk_full',
          hint: 'Make room.',
          field: null,
          request_id: null
        }
      },
      controls: { retry: null, cancel: 'The job has ended.' }
    })
  ];
  server.on('GET /jobs', () => ({ jobs, total: jobs.length }));
  server.on('GET /jobs/jb_1', () => jobs[0]);
  server.on('GET /jobs/jb_1/log', {
    lines: [
      { number: 0, time: 1, level: 'info', text: 'begun' },
      { number: 1, time: 2, level: 'warning', text: '<b>odd</b> row' }
    ],
    total: 2
  });
  server.on('GET /system', {
    version: '0.1.0',
    workspace: '/data/mistudio',
    default_workspace: true,
    allowed_folders: [],
    free_bytes: 81e9,
    lanes: []
  });
  const trans = nullTranslator.load('mistudio_ext');
  const events = new EventStream({ client: server.client });
  studio = new MiStudio({
    client: server.client,
    events,
    trans,
    memory: new Memory(null)
  });
  commands = new CommandRegistry();
  const model = new JobsModel(studio);
  const view = new JobsView(studio.memory);
  desk = new JobsDesk({ model, view, studio, commands });
  FakeSocket.last.say([], 0);
  await settle();
});

afterEach(() => {
  desk.model.dispose();
  studio.dispose();
  Notification.dismiss();
});

describe('JobList', () => {
  it('keeps places while the pointer is on it, but shows the new job of a retry', async () => {
    const { container } = render(<JobList desk={desk} />);
    fireEvent.pointerEnter(container.firstElementChild!);
    const shown = () =>
      screen
        .getAllByRole('treeitem')
        .map(row => row.getAttribute('data-row-id'));
    jobs = [job({ id: 'jb_4', created: 99 }), ...jobs];
    desk.model.refresh();
    await settle();
    expect(shown()).toEqual(['jb_1', 'jb_2', 'jb_4']);

    const again = job({ id: 'jb_3', state: 'queued', retry_of: 'jb_2' });
    server.on('POST /jobs/jb_2/retry', again);
    await act(() => desk.act(desk.model.get('jb_2')!, 'retry'));
    expect(shown()).toEqual(['jb_4', 'jb_1', 'jb_3', 'jb_2']);
  });

  it('shows each job with its state, progress and actions', () => {
    render(<JobList desk={desk} />);
    const rows = screen.getAllByRole('treeitem');
    expect(rows.map(row => row.getAttribute('aria-label'))).toEqual([
      'Tokenize stories, 62 %',
      'Read notes, failed'
    ]);
    expect(
      screen.getByText('tokenizing · 62/100 · 0:58 left · 10 samples/s')
    ).toBeDefined();
    expect(
      screen.getByRole('button', { name: 'Stop and keep: Nothing to keep.' })
    ).toBeDefined();
    expect(screen.getByRole('button', { name: 'Retry' })).toBeDefined();
  });

  it('narrows by state and by words, and back', async () => {
    render(<JobList desk={desk} />);
    fireEvent.click(screen.getByRole('button', { name: 'failed 1' }));
    expect(screen.getAllByRole('treeitem')).toHaveLength(1);
    act(() => desk.view.search('nothing like it'));
    fireEvent.click(screen.getByText('Show all jobs'));
    expect(screen.getAllByRole('treeitem')).toHaveLength(2);
  });

  it('opens a row to all that is known', () => {
    render(<JobList desk={desk} />);
    act(() => desk.view.setOpen('jb_1', true));
    expect(screen.getByText('1.2 GB')).toBeDefined();
    expect(screen.getByText('io (process 1)')).toBeDefined();
    act(() => desk.view.setOpen('jb_2', true));
    expect(screen.getByText('The disk is full. Make room.')).toBeDefined();
  });

  it('changes numbers in place', async () => {
    render(<JobList desk={desk} />);
    const row = screen.getAllByRole('treeitem')[0];
    const progress = { ...jobs[0].progress, done: 80 };
    act(() =>
      FakeSocket.last.say([event(1, { type: 'progress', data: progress })], 1)
    );
    await settle();
    expect(screen.getAllByRole('treeitem')[0]).toBe(row);
    expect(row.getAttribute('aria-label')).toBe('Tokenize stories, 80 %');
  });

  it('disables everything with the reason while the server is away', async () => {
    render(<JobList desk={desk} />);
    server.isDown = true;
    act(() => {
      FakeSocket.last.break();
      studio.events.retry();
    });
    await settle();
    expect(studio.events.state).toBe('offline');
    expect(
      screen.getByRole('button', {
        name: 'Pause: The server cannot be reached.'
      })
    ).toBeDefined();
  });

  it('is empty with a sentence', async () => {
    jobs = [];
    desk.model.refresh();
    await settle();
    render(<JobList desk={desk} />);
    expect(screen.getByText(/Nothing runs and nothing has run/)).toBeDefined();
  });
});

describe('JobsDesk', () => {
  it('asks before it throws anything away, and says what', async () => {
    let asked = 0;
    server.on('POST /jobs/jb_1/cancel', () => {
      asked++;
      return job({ id: 'jb_1', state: 'cancelling' });
    });
    for (const answer of ['.jp-mod-reject', '.jp-mod-warn']) {
      const done = desk.act(desk.model.get('jb_1')!, 'cancel');
      await settle();
      const dialog = document.querySelector('.jp-Dialog')!;
      expect(dialog.textContent).toContain('(62 %) is thrown away');
      expect(dialog.textContent).toContain('“Pause” frees its worker');
      await act(async () => {
        dialog.querySelector<HTMLElement>(answer)!.click();
        await done;
      });
    }
    expect(asked).toBe(1);
    expect(desk.model.get('jb_1')?.state).toBe('cancelling');
  });

  it('says what the server refused', async () => {
    server.on('POST /jobs/jb_1/pause', () => refusal(409, 'wrong_state'));
    await desk.act(desk.model.get('jb_1')!, 'pause');
    expect(Notification.manager.notifications[0].message).toBe(
      'It is wrong. Do better.'
    );
  });

  it('selects the new job of a retry', async () => {
    server.on(
      'POST /jobs/jb_2/retry',
      job({ id: 'jb_3', state: 'queued', retry_of: 'jb_2' })
    );
    await desk.act(desk.model.get('jb_2')!, 'retry');
    expect(desk.view.selected).toBe('jb_3');
  });
});

describe('commands', () => {
  beforeEach(() => {
    addCommands({ commands } as JupyterFrontEnd, desk, () => undefined);
  });

  it('work on the selected job, and are disabled with the reason', async () => {
    expect(commands.isEnabled(CommandIDs.pause)).toBe(false);
    desk.view.select('jb_1');
    expect(commands.isEnabled(CommandIDs.pause)).toBe(true);
    expect(commands.isEnabled(CommandIDs.stop)).toBe(false);
    expect(commands.caption(CommandIDs.stop)).toBe('Nothing to keep.');
    expect(commands.label(CommandIDs.pause)).toBe('Pause job');
    server.on('POST /jobs/jb_1/pause', job({ state: 'pausing' }));
    await commands.execute(CommandIDs.pause);
    expect(desk.model.get('jb_1')?.state).toBe('pausing');
  });

  it('open what a job works on, where somebody can', async () => {
    const opened = vi.fn();
    expect(commands.isEnabled(CommandIDs.openObject, { id: 'jb_1' })).toBe(
      false
    );
    studio.openers.add('ds_', 'mistudio:open-dataset');
    commands.addCommand('mistudio:open-dataset', {
      describedBy: { args: {} },
      execute: args => opened(args.id)
    });
    await commands.execute(CommandIDs.openObject, { id: 'jb_1' });
    expect(opened).toHaveBeenCalledWith('ds_1');
  });
});

describe('JobNotifier', () => {
  async function end(part: Partial<Job>): Promise<void> {
    jobs = [{ ...jobs[0], ...part }, jobs[1]];
    FakeSocket.last.say([event(studio.events.lastNumber + 1)], 1);
    await settle();
  }

  it('tells of the end, with the way to the log and the object', async () => {
    const notifier = new JobNotifier(desk);
    studio.openers.add('ds_', 'mistudio:open-dataset');
    await end({ state: 'succeeded' });
    const [told] = Notification.manager.notifications;
    expect(told.message).toBe('Tokenize stories: done');
    expect(told.options.actions?.map(action => action.label)).toEqual([
      'Show log',
      'Open'
    ]);
    notifier.dispose();
  });

  it('offers to resume what was interrupted', async () => {
    const notifier = new JobNotifier(desk);
    await end({ state: 'interrupted', reason: 'The worker ended.' });
    const [told] = Notification.manager.notifications;
    expect(told.type).toBe('warning');
    expect(told.message).toContain('The worker ended.');
    expect(told.options.actions?.[1].label).toBe('Resume');
    notifier.dispose();
  });

  it.each([
    ['none', 'failed', 0],
    ['problems', 'succeeded', 0],
    ['problems', 'failed', 1],
    ['all', 'cancelled', 0]
  ] as const)(
    'with %s, tells of %s %i times',
    async (notifyOf, state, times) => {
      const notifier = new JobNotifier(desk);
      notifier.notifyOf = notifyOf;
      await end({ state });
      expect(Notification.manager.count).toBe(times);
      notifier.dispose();
    }
  );
});

describe('the log', () => {
  it('shows its lines as text, and follows', async () => {
    const log = new LogModel(server.client, studio.events, 'jb_1');
    await settle();
    render(<LogView log={log} desk={desk} />);
    expect(screen.getByRole('log').textContent).toContain('<b>odd</b> row');
    server.on('GET /jobs/jb_1/log', request => ({
      lines:
        new URL(request.url).searchParams.get('since') === '2'
          ? [{ number: 2, time: 3, level: 'error', text: 'broken' }]
          : [],
      total: 3
    }));
    FakeSocket.last.say([event(1, { type: 'log' })], 1);
    await settle();
    expect(log.lines.map(line => line.text)).toEqual([
      'begun',
      '<b>odd</b> row',
      'broken'
    ]);
    expect(screen.getByRole('log').textContent).toContain('broken');
    log.dispose();
  });

  it('is searched, and shows only what is as bad as wanted', async () => {
    const lines: LogLine[] = [
      { number: 0, time: 1, level: 'info', text: 'Step 10' },
      { number: 1, time: 2, level: 'warning', text: 'A jump at step 20' },
      { number: 2, time: 3, level: 'error', text: '=broken <b>' }
    ];
    server.on('GET /jobs/jb_1/log', request => {
      const since = Number(new URL(request.url).searchParams.get('since'));
      return { lines: lines.slice(since), total: lines.length };
    });
    const log = new LogModel(server.client, studio.events, 'jb_1');
    await settle();
    render(<LogView log={log} desk={desk} />);
    const shown = () =>
      [...document.querySelectorAll('.jp-mistudio-Log-text')].map(
        each => each.textContent
      );
    const press = (name: RegExp) =>
      fireEvent.click(screen.getByRole('button', { name }));
    const search = screen.getByLabelText('Search in the log');
    expect(shown()).toHaveLength(3);
    press(/^warnings 2$/);
    expect(shown()).toEqual(['warning A jump at step 20', 'error =broken <b>']);
    fireEvent.change(search, { target: { value: 'STEP' } });
    expect(shown()).toEqual(['warning A jump at step 20']);
    expect(document.querySelector('mark')?.textContent).toBe('step');
    // What comes later is looked at, too.
    lines.push(
      { number: 3, time: 4, level: 'info', text: 'Step 30' },
      { number: 4, time: 5, level: 'error', text: 'No step' }
    );
    FakeSocket.last.say([event(1, { type: 'log' })], 1);
    await settle();
    expect(shown()).toEqual(['warning A jump at step 20', 'error No step']);
    fireEvent.change(search, { target: { value: 'nothing like it' } });
    fireEvent.click(screen.getByText('Show all lines'));
    expect(shown()).toHaveLength(5);
    log.dispose();
  });

  it('says what is wrong, and tries again', async () => {
    const log = new LogModel(server.client, studio.events, 'jb_9');
    await settle();
    render(<LogView log={log} desk={desk} />);
    server.on('GET /jobs/jb_9/log', { lines: [], total: 0 });
    fireEvent.click(screen.getByText('Try again'));
    await settle();
    expect(screen.getByText('This job has said nothing yet.')).toBeDefined();
    log.dispose();
  });

  it('comes whole as a file', async () => {
    const text = await wholeLog(server.client, 'jb_1');
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('warning <b>odd</b> row');
  });
});

describe('around the list', () => {
  it('counts running jobs on the tab', async () => {
    const widget = new Widget();
    widget.title.caption = 'Jobs';
    showBadge(widget.title, desk.model, studio.trans);
    desk.model.refresh();
    await settle();
    expect(widget.title.dataset['mistudio-badge']).toBe('1');
    expect(widget.title.caption).toBe('Jobs (1 running)');
    jobs = [jobs[1]];
    desk.model.refresh();
    await settle();
    expect(widget.title.dataset).toEqual({});
    expect(widget.title.caption).toBe('Jobs');
    widget.dispose();
  });

  it('shows the running job in the status bar, and opens the list', async () => {
    const open = vi.fn();
    const item = new JobsStatus(desk.model, studio.trans, open);
    act(() => Widget.attach(item, document.body));
    await settle();
    expect(item.node.textContent).toContain('Tokenize stories');
    expect(item.node.querySelector('[aria-live]')?.textContent).toBe(
      'Tokenize stories: 50 %'
    );
    item.node.querySelector('button')!.click();
    expect(open).toHaveBeenCalled();
    act(() => item.dispose());
  });

  it('says where the workspace is', async () => {
    render(<Workspace studio={studio} />);
    await settle();
    expect(screen.getByText('/data/mistudio')).toBeDefined();
    expect(screen.getByText('81 GB')).toBeDefined();
  });
});
