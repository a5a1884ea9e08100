import type { StudioEvent } from './types';
import { event, FakeServer, FakeSocket, json } from '../testing/server';
import { EventStream } from './events';

describe('EventStream', () => {
  let server: FakeServer;
  let stream: EventStream;
  let told: number[];
  let restarts: number;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    server = new FakeServer();
    server.isDown = true;
    stream = new EventStream({ client: server.client, pollInterval: 2000 });
    told = [];
    restarts = 0;
    stream.received.connect((_, events: StudioEvent[]) => {
      told.push(...events.map(each => each.id));
    });
    stream.restarted.connect(() => {
      restarts++;
    });
  });

  afterEach(() => {
    stream.dispose();
    vi.useRealTimers();
  });

  function serveFrom(events: StudioEvent[], last: number): void {
    server.isDown = false;
    server.on('GET /events/since', request => {
      const query = new URL(request.url).searchParams;
      const after = Number(query.get('id'));
      const limit = Number(query.get('limit'));
      const found = events.filter(each => each.id > after).slice(0, limit);
      return { events: found, last };
    });
  }

  it('begins from now, and says that all before may be old', () => {
    expect(stream.state).toBe('connecting');
    expect(FakeSocket.last.since).toBeNull();
    FakeSocket.last.say([], 7);
    expect(stream.state).toBe('live');
    expect([stream.lastNumber, restarts]).toEqual([7, 1]);
    FakeSocket.last.say([event(8), event(9)], 9);
    expect(told).toEqual([8, 9]);
  });

  it('comes back with its last number, fifty times over', async () => {
    FakeSocket.last.say([], 0);
    for (let number = 1; number <= 50; number++) {
      FakeSocket.last.say([event(number)], number);
      FakeSocket.last.break();
      expect(stream.state).toBe('connecting');
      await vi.advanceTimersByTimeAsync(500);
      expect(FakeSocket.last.since).toBe(String(number));
      FakeSocket.last.say([], number);
      expect(stream.state).toBe('live');
    }
    expect(told).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(restarts).toBe(1);
  });

  it('tells nothing twice, whatever comes twice', () => {
    FakeSocket.last.say([], 3);
    FakeSocket.last.say([event(4), event(5)], 5);
    FakeSocket.last.say([event(5), event(6)], 6);
    expect(told).toEqual([4, 5, 6]);
  });

  it('waits longer after each failure, ten seconds at the most', async () => {
    const gaps: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const count = FakeSocket.all.length;
      FakeSocket.last.break();
      let waited = 0;
      while (FakeSocket.all.length === count) {
        await vi.advanceTimersByTimeAsync(50);
        waited += 50;
      }
      gaps.push(waited);
    }
    expect(gaps[0]).toBeLessThanOrEqual(500);
    expect(gaps[3]).toBeGreaterThan(gaps[0]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
  });

  it('lets polling take over and gives back, without a gap or a double', async () => {
    FakeSocket.last.say([], 10);
    FakeSocket.last.break();
    serveFrom([event(11), event(12)], 12);
    await vi.advanceTimersByTimeAsync(1500);
    expect(stream.state).toBe('polling');
    expect(told).toEqual([11, 12]);
    // The socket was asked from 10, before polling got further.
    const socket = FakeSocket.all.find(each => each.since === '10');
    expect(socket).toBeDefined();
    socket!.say([], 10);
    socket!.say([event(11), event(12), event(13)], 13);
    expect(stream.state).toBe('live');
    expect(told).toEqual([11, 12, 13]);
    expect(restarts).toBe(1);
    const asked = server.asked.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.asked.length).toBe(asked);
  });

  it('reads page after page while polling', async () => {
    FakeSocket.last.say([], 0);
    FakeSocket.last.break();
    const many = Array.from({ length: 1200 }, (_, index) => event(index + 1));
    serveFrom(many, 1200);
    await vi.advanceTimersByTimeAsync(1500);
    expect(told).toEqual(many.map(each => each.id));
  });

  it('starts by polling where no websocket gets through', async () => {
    serveFrom([event(1)], 5);
    FakeSocket.last.break();
    await vi.advanceTimersByTimeAsync(1500);
    expect([stream.state, stream.lastNumber, restarts]).toEqual([
      'polling',
      5,
      1
    ]);
    expect(told).toEqual([]);
  });

  it('is offline when neither works, says why, and comes back', async () => {
    FakeSocket.last.say([], 1);
    FakeSocket.last.break();
    await vi.advanceTimersByTimeAsync(1500);
    expect(stream.state).toBe('offline');
    expect(stream.problem?.code).toBe('unreachable');
    server.isDown = false;
    server.on('GET /events/since', () => json('Not here', 404));
    stream.retry();
    await vi.advanceTimersByTimeAsync(100);
    expect(stream.problem?.code).toBe('server_missing');
    FakeSocket.last.say([], 1);
    expect([stream.state, stream.problem]).toEqual(['live', null]);
  });

  it('begins anew with another workspace, by socket and by polling', async () => {
    FakeSocket.last.say([], 100);
    FakeSocket.last.break();
    await vi.advanceTimersByTimeAsync(500);
    FakeSocket.last.say([], 3);
    expect([stream.lastNumber, restarts]).toEqual([3, 2]);
    FakeSocket.last.say([event(4)], 4);
    expect(told).toEqual([4]);
    // Another one again, while connected, with a greater number.
    FakeSocket.last.say([], 900);
    expect([stream.lastNumber, restarts]).toEqual([900, 3]);
    FakeSocket.last.break();
    serveFrom([], 2);
    await vi.advanceTimersByTimeAsync(1500);
    expect([stream.lastNumber, restarts]).toEqual([2, 4]);
  });

  it('gives up on a socket that never says anything', async () => {
    await vi.advanceTimersByTimeAsync(10_600);
    expect(FakeSocket.all.length).toBe(2);
    expect(FakeSocket.all[0].isClosed).toBe(true);
  });

  it('gives up on a socket that talks nonsense', async () => {
    FakeSocket.last.onmessage?.({ data: '<html>' });
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.all.length).toBe(2);
  });

  it('does not wait when the network is back', () => {
    FakeSocket.last.break();
    window.dispatchEvent(new Event('online'));
    expect(FakeSocket.all.length).toBe(2);
  });

  it('reconnects after the machine slept', async () => {
    FakeSocket.last.say([], 5);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(FakeSocket.last.since).toBe('5');
    expect(FakeSocket.all.length).toBe(2);
  });

  it('restarts on demand, and leaves nothing behind', async () => {
    FakeSocket.last.say([], 5);
    stream.restart();
    expect(FakeSocket.last.since).toBeNull();
    FakeSocket.last.say([], 9);
    expect([stream.lastNumber, restarts]).toEqual([9, 2]);
    stream.pollInterval = 5000;
    expect(stream.pollInterval).toBe(5000);
    stream.dispose();
    expect(stream.isDisposed).toBe(true);
    expect(FakeSocket.all.every(each => each.isClosed)).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all.length).toBe(2);
  });
});
