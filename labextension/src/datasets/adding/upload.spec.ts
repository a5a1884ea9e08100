import { FakeServer, refusal } from '../../testing/server';
import { look } from '../testing/look';
import { FileUpload } from './upload';
import { Uploads } from './uploads';

/** A server that keeps what it receives, and loses what it is told to lose. */
class UploadServer extends FakeServer {
  constructor() {
    super();
    this.on('POST /uploads', () => this.state());
    this.on('GET /uploads/up_1', () => this.state());
    this.on('PUT /uploads/up_1', request => this.take(request));
    this.on('DELETE /uploads/up_1', () => {
      this.isDeleted = true;
      return undefined;
    });
    this.on('POST /datasets/look', look());
    this.on('POST /datasets', () => ({ object: 'ds_1', job: 'jb_1' }));
  }

  received = 0;
  isDeleted = false;
  /** What happens to the next parts: they or their answers are lost. */
  losses: ('part' | 'answer')[] = [];

  private state() {
    return { id: 'up_1', name: 'a.txt', size: 10, received: this.received };
  }

  private take(request: Request) {
    const offset = Number(new URL(request.url).searchParams.get('offset'));
    const loss = this.losses.shift();
    if (loss === 'part') {
      throw new TypeError('Failed to fetch');
    }
    if (offset !== this.received) {
      return refusal(409, 'wrong_offset');
    }
    this.received = Math.min(10, offset + 4);
    if (loss === 'answer') {
      throw new TypeError('Failed to fetch');
    }
    return this.state();
  }
}

const file = () => new File(['0123456789'], 'a.txt');

describe('an upload', () => {
  let server: UploadServer;
  let upload: FileUpload;

  beforeEach(() => {
    vi.useFakeTimers();
    server = new UploadServer();
    upload = new FileUpload({
      client: server.client,
      file: file(),
      partSize: 4
    });
  });

  afterEach(() => {
    upload.dispose();
    vi.useRealTimers();
  });

  async function run(): Promise<void> {
    const done = upload.run();
    await vi.advanceTimersByTimeAsync(60_000);
    await done;
  }

  const parts = () => server.asked.filter(each => each.startsWith('PUT'));

  it('goes in parts, and becomes a dataset', async () => {
    await run();
    expect(parts()).toEqual([
      'PUT /uploads/up_1?offset=0',
      'PUT /uploads/up_1?offset=4',
      'PUT /uploads/up_1?offset=8'
    ]);
    expect(server.asked.pop()).toBe('POST /datasets');
    expect(upload.state).toBe('done');
    expect(upload.progress.done).toBe(10);
  });

  it('goes on from what arrived when a part is lost', async () => {
    server.losses = ['answer', 'part', 'part'];
    await run();
    expect(upload.state).toBe('done');
    expect(parts().map(each => each.slice(-1))).toEqual([
      '0',
      '4',
      '4',
      '4',
      '8'
    ]);
  });

  it('waits while the server is away, longer each time, and says so', async () => {
    server.isDown = true;
    const done = upload.run();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(upload.state).toBe('waiting');
    expect(upload.error?.code).toBe('unreachable');
    // At 0, 0.5, 1.5 and 3.5 seconds.
    expect(server.asked).toHaveLength(4);
    server.isDown = false;
    await vi.advanceTimersByTimeAsync(20_000);
    await done;
    expect(upload.state).toBe('done');
  });

  it('fails with the server’s reason, and can be tried again', async () => {
    server.on('POST /datasets', () => refusal(400, 'bad_request'));
    await run();
    expect(upload.state).toBe('failed');
    expect(upload.error?.message).toBe('It is wrong.');
    server.on('POST /datasets', () => ({ object: 'ds_1', job: 'jb_1' }));
    await run();
    expect(upload.state).toBe('done');
    expect(parts()).toHaveLength(3);
  });

  it('is forgotten by the server when it is cancelled', async () => {
    server.losses = Array(50).fill('part');
    const done = upload.run();
    await vi.advanceTimersByTimeAsync(1_000);
    await upload.cancel();
    await vi.advanceTimersByTimeAsync(60_000);
    await done;
    expect(upload.state).toBe('cancelled');
    expect(server.isDeleted).toBe(true);
    expect(server.asked).not.toContain('POST /datasets');
  });
});

describe('several uploads', () => {
  it('go one after the other, and leave the list when they are done', async () => {
    const server = new UploadServer();
    const uploads = new Uploads(server.client);
    uploads.add([file(), file()]);
    expect(uploads.all.map(each => each.state)).toEqual(['sending', 'queued']);
    await vi.waitUntil(() => uploads.all.length === 0);
    expect(server.asked.filter(each => each === 'POST /datasets')).toHaveLength(
      2
    );
    uploads.dispose();
  });

  it('keep the page from being left unnoticed', async () => {
    const server = new UploadServer();
    const uploads = new Uploads(server.client);
    const leave = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(leave()).toBe(false);
    uploads.add([file()]);
    expect(leave()).toBe(true);
    await vi.waitUntil(() => uploads.all.length === 0);
    expect(leave()).toBe(false);
    uploads.dispose();
  });
});
