import { FakeServer, refusal, turns } from '../../testing/server';
import { CurvesModel } from './curvesModel';

let server: FakeServer;
let curves: CurvesModel;

beforeEach(() => {
  server = new FakeServer();
  server.on('GET /trainings/tr_1/metrics', {
    steps: [10],
    columns: {},
    rows: 1,
    last: 10
  });
  curves = new CurvesModel({
    client: server.client,
    id: 'tr_1',
    before: () => Promise.resolve(),
    saes: () => 2
  });
});

afterEach(() => curves.dispose());

const of = (what: string) =>
  server.asked.filter(each => each.includes(`of=${what}`));

describe('the numbers of a run', () => {
  it('are not asked for while nobody sees them', async () => {
    curves.note();
    await turns();
    expect(server.asked).toEqual([]);
    curves.width = 300;
    await turns();
    expect(of('training')).toHaveLength(2);
    expect(of('training')[1]).toContain('variant=1');
    expect(of('evaluation')).toHaveLength(2);
    expect(of('machine')).toHaveLength(1);
    expect(curves.training.map(each => each.last)).toEqual([10, 10]);
    curves.width = 0;
    curves.note();
    await turns();
    expect(server.asked).toHaveLength(5);
  });

  it('are asked for twice a second at the most, and at once where the reader asks', async () => {
    vi.useFakeTimers();
    try {
      curves.width = 300;
      await vi.advanceTimersByTimeAsync(10);
      expect(server.asked).toHaveLength(5);
      for (let at = 0; at < 20; at++) {
        curves.note();
        await vi.advanceTimersByTimeAsync(100);
      }
      // Five questions, and the one before them, take three seconds.
      expect(server.asked).toHaveLength(5);
      await vi.advanceTimersByTimeAsync(1100);
      expect(server.asked).toHaveLength(10);
      curves.range = [100.5, 199.5];
      await vi.advanceTimersByTimeAsync(10);
      expect(server.asked).toHaveLength(15);
      expect(server.asked[14]).toContain('first=100&last=200');
      // The other charts ask for the same.
      curves.range = [100.5, 199.5];
      await vi.advanceTimersByTimeAsync(10);
      expect(server.asked).toHaveLength(15);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are none where the run has not begun, and an error otherwise', async () => {
    server.on('GET /trainings/tr_1/metrics', () =>
      refusal(404, 'not_found', 'columns')
    );
    curves.width = 300;
    await turns();
    expect(curves.error).toBeNull();
    expect(curves.training[0].rows).toBe(0);
    server.on('GET /trainings/tr_1/metrics', () => refusal(404, 'not_found'));
    curves.refresh();
    await turns();
    expect(curves.error?.message).toBe('It is wrong.');
  });
});
