import type { IStateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { EventStream } from '../api/events';
import { FakeServer, FakeSocket } from '../testing/server';
import { Memory } from './memory';
import { MiStudio } from './studio';

describe('Memory', () => {
  it('keeps the last of several, and has it at once', async () => {
    vi.useFakeTimers();
    const kept = new Map<string, unknown>();
    const memory = new Memory({
      fetch: (key: string) => Promise.resolve(kept.get(key)),
      save: (key: string, value: unknown) => {
        kept.set(key, value);
        return Promise.resolve();
      }
    } as unknown as IStateDB);
    memory.save('jobs', 1);
    memory.save('jobs', 2);
    expect(await memory.load('jobs')).toBe(2);
    await vi.advanceTimersByTimeAsync(600);
    expect([...kept]).toEqual([['mistudio:jobs', 2]]);
    expect(await memory.load('jobs')).toBe(2);
    vi.useRealTimers();
  });
});

describe('MiStudio', () => {
  let server: FakeServer;
  let studio: MiStudio;
  let workspace: string;

  beforeEach(() => {
    FakeSocket.all = [];
    server = new FakeServer();
    workspace = '/one';
    server.on('GET /system', () => ({ workspace }));
    server.on('GET /openapi.json', {
      components: { schemas: { AddDataset: { title: 'AddDataset' } } }
    });
    studio = new MiStudio({
      client: server.client,
      events: new EventStream({ client: server.client }),
      trans: nullTranslator.load('mistudio_ext'),
      memory: new Memory(null)
    });
  });

  afterEach(() => studio.dispose());

  it('asks for the system once, and again when told to', async () => {
    await studio.system();
    await studio.system();
    expect(server.asked).toHaveLength(1);
    await studio.system(true);
    expect(server.asked).toHaveLength(2);
  });

  it('does not keep a failure', async () => {
    server.isDown = true;
    await expect(studio.system()).rejects.toThrow();
    await expect(studio.schema('AddDataset')).rejects.toThrow();
    server.isDown = false;
    await expect(studio.system()).resolves.toEqual({ workspace: '/one' });
  });

  it('gives schemas with all they refer to', async () => {
    const schema = await studio.schema('AddDataset');
    expect(schema.title).toBe('AddDataset');
    expect(schema.components).toBeDefined();
  });

  it('begins anew when another workspace comes back', async () => {
    FakeSocket.last.say([], 5);
    await vi.waitUntil(() => server.asked.includes('GET /system'));
    let changes = 0;
    studio.systemChanged.connect(() => {
      changes++;
    });
    workspace = '/two';
    FakeSocket.last.break();
    await vi.waitUntil(() => FakeSocket.all.length === 2);
    FakeSocket.last.say([], 5);
    await vi.waitUntil(() => changes > 0);
    // Asked without a number: from now on.
    expect(FakeSocket.last.since).toBeNull();
  });

  it('knows who opens what', () => {
    studio.openers.add('ds_', 'mistudio:open-dataset');
    expect(studio.openers.find('ds_7f3k')).toBe('mistudio:open-dataset');
    expect(studio.openers.find('md_1')).toBeUndefined();
  });
});
