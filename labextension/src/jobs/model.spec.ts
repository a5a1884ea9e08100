import { EventStream } from '../api/events';
import type { Job, StudioEvent } from '../api/types';
import {
  event,
  FakeServer,
  FakeSocket,
  job,
  refusal,
  turns
} from '../testing/server';
import { JobsModel } from './model';

describe('JobsModel', () => {
  let server: FakeServer;
  let events: EventStream;
  let model: JobsModel;
  let jobs: Job[];
  let ended: string[];

  beforeEach(async () => {
    FakeSocket.all = [];
    server = new FakeServer();
    jobs = [
      job({ id: 'jb_1', created: 1 }),
      job({ id: 'jb_2', state: 'queued', place: 1, created: 2 }),
      job({ id: 'jb_3', state: 'succeeded', created: 3 })
    ];
    server.on('GET /jobs', () => ({ jobs, total: jobs.length }));
    for (const id of ['jb_1', 'jb_2', 'jb_3', 'jb_4']) {
      server.on(
        `GET /jobs/${id}`,
        () => jobs.find(each => each.id === id) ?? refusal(404, 'not_found')
      );
    }
    events = new EventStream({ client: server.client });
    model = new JobsModel({ client: server.client, events });
    ended = [];
    model.ended.connect((_, each) => {
      ended.push(each.id);
    });
    await vi.waitUntil(() => model.isLoaded);
    FakeSocket.last.say([], 0);
    await turns();
    server.asked.length = 0;
  });

  afterEach(() => {
    model.dispose();
    events.dispose();
  });

  async function hear(...heard: StudioEvent[]): Promise<void> {
    FakeSocket.last.say(heard, heard[heard.length - 1].id);
    await turns();
  }

  function replace(id: string, part: Partial<Job>): void {
    jobs = jobs.map(each => (each.id === id ? { ...each, ...part } : each));
  }

  it('lists running, waiting, then the newest', () => {
    expect(model.jobs.map(each => each.id)).toEqual(['jb_1', 'jb_2', 'jb_3']);
    expect(model.running.map(each => each.id)).toEqual(['jb_1']);
    expect(model.total).toBe(3);
  });

  it('patches progress in place, and asks for nothing', async () => {
    const progress = { ...job().progress, done: 5, total: 10 };
    await hear(event(1, { type: 'progress', data: progress }));
    expect(model.get('jb_1')?.progress.done).toBe(5);
    expect(server.asked).toEqual([]);
  });

  it('takes no late progress for an ended job', async () => {
    const progress = { ...job().progress, done: 5 };
    await hear(event(1, { type: 'progress', object: 'jb_3', data: progress }));
    expect(model.get('jb_3')?.progress.done).toBe(0);
  });

  it('asks for a job whose state changed, once for several events', async () => {
    replace('jb_3', { state: 'failed' });
    jobs = jobs.filter(each => each.id !== 'jb_2');
    await hear(
      event(1, { object: 'jb_3' }),
      event(2, { object: 'jb_3' }),
      event(3, { object: 'jb_2' })
    );
    expect(model.get('jb_3')?.state).toBe('failed');
    expect(model.get('jb_2')).toBeUndefined();
    expect(server.asked.filter(each => each === 'GET /jobs/jb_3').length).toBe(
      1
    );
  });

  it('tells of what ends, be it before anybody looked, and of nothing else', async () => {
    replace('jb_1', { state: 'succeeded' });
    replace('jb_2', { state: 'paused', place: null });
    jobs.push(job({ id: 'jb_4', state: 'failed' }));
    await hear(
      event(1, { object: 'jb_1' }),
      event(2, { object: 'jb_2' }),
      event(3, { object: 'jb_4' })
    );
    expect(ended).toEqual(['jb_1', 'jb_4']);
    expect(model.jobs.map(each => each.id)).toContain('jb_4');
  });

  it('tells of an interruption', async () => {
    replace('jb_1', { state: 'interrupted' });
    await hear(event(1));
    expect(ended).toEqual(['jb_1']);
  });

  it('asks for the whole list when much changed', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      event(index + 1, { object: `jb_x${index}` })
    );
    await hear(...many);
    expect(server.asked).toEqual(['GET /jobs?limit=1000']);
  });

  it('catches up after the server was away', async () => {
    server.isDown = true;
    replace('jb_1', { state: 'failed' });
    await hear(event(1));
    expect(model.error?.code).toBe('unreachable');
    expect(model.get('jb_1')?.state).toBe('running');
    server.isDown = false;
    events.retry();
    FakeSocket.last.say([], 1);
    await turns();
    expect(model.error).toBeNull();
    expect(model.get('jb_1')?.state).toBe('failed');
  });

  it('forgets what another workspace does not have', async () => {
    jobs = [job({ id: 'jb_9' })];
    FakeSocket.last.say([], 500);
    await turns();
    expect(model.jobs.map(each => each.id)).toEqual(['jb_9']);
  });

  it('does what it is asked, and shows the answer at once', async () => {
    server.on('POST /jobs/jb_1/pause', job({ state: 'pausing' }));
    await model.act('jb_1', 'pause');
    expect(model.get('jb_1')?.state).toBe('pausing');
    server.on('POST /jobs/jb_1/move-up', () => refusal(409, 'wrong_state'));
    await expect(model.act('jb_1', 'move_up')).rejects.toThrow('It is wrong.');
  });

  it('looks at running jobs only while somebody looks', async () => {
    replace('jb_1', { memory: 123 });
    model.isActive = true;
    await vi.waitUntil(() => model.get('jb_1')?.memory === 123);
    expect(server.asked).toEqual(['GET /jobs?limit=1']);
    model.isActive = false;
  });

  it('asks for more when told to', async () => {
    model.limit = 2000;
    await turns();
    expect(server.asked).toEqual(['GET /jobs?limit=2000']);
  });
});
