import { EventStream } from '../api/events';
import type { Dataset, StudioEvent, Tokenization } from '../api/types';
import { event, FakeServer, FakeSocket, job, refusal } from '../testing/server';
import { DatasetsModel } from './model';
import { dataset, tokenization } from './testing/objects';

describe('DatasetsModel', () => {
  let server: FakeServer;
  let events: EventStream;
  let model: DatasetsModel;
  let datasets: Dataset[];
  let tokenizations: Tokenization[];
  let drawn: number;
  const watcher = {};

  beforeEach(async () => {
    FakeSocket.all = [];
    server = new FakeServer();
    datasets = [dataset({ id: 'ds_2', name: 'notes' }), dataset()];
    tokenizations = [
      tokenization({
        state: 'working',
        facts: null,
        job: job({ id: 'jb_9', object: 'tk_1' })
      })
    ];
    server.on('GET /datasets', () => ({ datasets }));
    server.on('GET /tokenizations', () => ({ tokenizations }));
    for (const id of ['ds_1', 'ds_2']) {
      server.on(
        `GET /datasets/${id}`,
        () => datasets.find(each => each.id === id) ?? refusal(404, 'not_found')
      );
    }
    server.on('GET /tokenizations/tk_1', () => tokenizations[0]);
    events = new EventStream({ client: server.client });
    model = new DatasetsModel({ client: server.client, events, settle: 1 });
    drawn = 0;
    model.changed.connect(() => {
      drawn++;
    });
    model.setWatching(watcher, true);
    FakeSocket.last.say([], 0);
    await vi.waitUntil(() => model.isLoaded);
    await settle();
    server.asked.length = 0;
    drawn = 0;
  });

  afterEach(() => {
    model.dispose();
    events.dispose();
  });

  function settle(): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, 30));
  }

  async function hear(...heard: StudioEvent[]): Promise<void> {
    FakeSocket.last.say(heard, heard[heard.length - 1].id);
    await settle();
  }

  const progress = {
    done: 58,
    total: 100,
    unit: 'samples',
    stage: '',
    rate: 12,
    seconds_left: 80
  };

  it('puts progress in place without asking anything', async () => {
    await hear(
      event(1, { type: 'progress', object: 'jb_9', data: { ...progress } })
    );
    expect(model.tokenizationsOf('ds_1')[0].job?.progress.done).toBe(58);
    expect(server.asked).toEqual([]);
    expect(drawn).toBe(1);
  });

  it('asks for the one object whose job changed its state', async () => {
    tokenizations = [tokenization()];
    await hear(
      event(1, { type: 'state', object: 'jb_9' }),
      event(2, { type: 'state', object: 'jb_9' })
    );
    expect(server.asked).toEqual(['GET /tokenizations/tk_1']);
    expect(model.tokenizationsOf('ds_1')[0].state).toBe('ready');
  });

  it('looks whose an unknown job is, and leaves those of others alone', async () => {
    server.on('GET /jobs/jb_new', job({ id: 'jb_new', object: 'ds_1' }));
    server.on('GET /jobs/jb_else', job({ id: 'jb_else', object: 'tr_1' }));
    await hear(
      event(1, { type: 'state', object: 'jb_new' }),
      event(2, { type: 'state', object: 'jb_else' })
    );
    expect(server.asked.sort()).toEqual([
      'GET /datasets/ds_1',
      'GET /jobs/jb_else',
      'GET /jobs/jb_new'
    ]);
  });

  it('lists all again when something was made', async () => {
    datasets = [dataset({ id: 'ds_3' }), ...datasets];
    await hear(
      event(1, { topic: 'datasets', type: 'created', object: 'ds_3' }),
      event(2, { topic: 'datasets', type: 'changed', object: 'ds_1' })
    );
    expect(server.asked).toEqual(['GET /datasets', 'GET /tokenizations']);
    expect(model.find('ds_3')).toBeDefined();
  });

  it('drops at once what was deleted, and says so', async () => {
    const gone: string[] = [];
    model.deleted.connect((_, ids) => gone.push(...ids));
    await hear(
      event(1, { topic: 'datasets', type: 'deleted', object: 'ds_2' })
    );
    expect(model.find('ds_2')).toBeUndefined();
    expect(gone).toEqual(['ds_2']);
  });

  it('rests while nobody looks, and catches up', async () => {
    model.setWatching(watcher, false);
    datasets = [dataset({ name: 'renamed' })];
    await hear(
      event(1, { topic: 'datasets', type: 'changed', object: 'ds_1' })
    );
    expect(server.asked).toEqual([]);
    model.setWatching(watcher, true);
    await settle();
    expect(server.asked).toEqual(['GET /datasets/ds_1']);
    expect(model.find('ds_1')?.name).toBe('renamed');
  });

  it('keeps what it has while the server is away, says why, and asks again', async () => {
    server.isDown = true;
    await model.refresh();
    expect(model.datasets).toHaveLength(2);
    expect(model.error?.isConnection).toBe(true);
    server.isDown = false;
    await hear(
      event(1, { topic: 'datasets', type: 'changed', object: 'ds_1' })
    );
    expect(model.error).toBeNull();
  });

  it('agrees to just what was shown when it deletes', async () => {
    server.on('DELETE /datasets/ds_1', { ids: ['ds_1', 'tk_1'], bytes: 1 });
    const object = model.find('ds_1');
    await model.remove(object ?? dataset(), ['tk_1']);
    expect(server.asked).toEqual([
      'DELETE /datasets/ds_1?agreed=ds_1&agreed=tk_1'
    ]);
    expect(model.tokenizations).toEqual([]);
  });

  it('never leaves out what was agreed to, which would agree to everything', async () => {
    server.on('DELETE /datasets/ds_2', { ids: ['ds_2'], bytes: 1 });
    await model.remove(model.find('ds_2') ?? dataset(), []);
    expect(server.asked).toEqual(['DELETE /datasets/ds_2?agreed=ds_2']);
  });

  it('shows at once what a job’s control came to', async () => {
    server.on(
      'POST /jobs/jb_9/pause',
      job({ id: 'jb_9', object: 'tk_1', state: 'pausing' })
    );
    const { job: running } = model.tokenizations[0];
    await model.control(running ?? job(), 'pause');
    expect(model.tokenizations[0].job?.state).toBe('pausing');
  });
});
