// A server that answers in the page, for tests.

import { ServerConnection } from '@jupyterlab/services';
import { Client } from '../api/client';
import type { Job, StudioEvent } from '../api/types';

type Answer = (request: Request) => unknown;

/** Answers by verb and path, as in `GET /jobs/jb_1`; what it lacks is our own 404. */
export class FakeServer {
  constructor(readonly base = 'http://here/a%40b/') {
    this.settings = ServerConnection.makeSettings({
      baseUrl: base,
      wsUrl: base.replace('http', 'ws'),
      token: 'secret',
      appendToken: true,
      fetch: request => this._answer(request as Request),
      WebSocket: FakeSocket as unknown as typeof WebSocket
    });
    this.client = new Client(this.settings);
  }

  readonly settings: ServerConnection.ISettings;
  readonly client: Client;
  readonly asked: string[] = [];
  readonly bodies: unknown[] = [];
  isDown = false;

  on(request: string, answer: Answer | object): void {
    this._answers.set(
      request,
      typeof answer === 'function' ? (answer as Answer) : () => answer
    );
  }

  private async _answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^.*\/mistudio\/api/, '');
    // JupyterLab adds the time, against caches.
    const query = url.search.replace(/[?&]\d+$/, '');
    this.asked.push(`${request.method} ${path}${query}`);
    if (this.isDown) {
      throw new TypeError('Failed to fetch');
    }
    if (request.method !== 'GET') {
      this.bodies.push(await request.clone().text());
    }
    const found =
      this._answers.get(`${request.method} ${path}`) ??
      this._answers.get(`${request.method} *`);
    const answer = found ? await found(request) : refusal(404, 'not_found');
    return answer instanceof Response ? answer : json(answer);
  }

  private readonly _answers = new Map<string, Answer>();
}

/** Several turns of the page: what one answer sets off may ask again. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status
  });
}

export function refusal(
  status: number,
  code: string,
  field?: string
): Response {
  return json(
    { message: 'It is wrong.', error: { code, hint: 'Do better.', field } },
    status
  );
}

/** A websocket that the test opens, fills and breaks. */
export class FakeSocket {
  static all: FakeSocket[] = [];

  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1];
  }

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }

  get since(): string | null {
    return new URL(this.url).searchParams.get('since');
  }

  say(events: StudioEvent[], last: number): void {
    this.onmessage?.({ data: JSON.stringify({ events, last }) });
  }

  break(): void {
    this.onclose?.();
  }
}

export function event(
  id: number,
  part: Partial<StudioEvent> = {}
): StudioEvent {
  return {
    id,
    topic: 'jobs',
    time: 0,
    type: 'state',
    object: 'jb_1',
    data: null,
    ...part
  };
}

export function job(part: Partial<Job> = {}): Job {
  return {
    id: 'jb_1',
    kind: 'dataset.add',
    label: 'Read stories',
    object: 'ds_1',
    uses: [],
    params: {},
    state: 'running',
    stalled: false,
    reason: null,
    waits_for: null,
    place: null,
    lane: 'io',
    worker: 'io',
    pid: 1,
    memory: null,
    progress: {
      done: 0,
      total: null,
      unit: '',
      stage: '',
      rate: null,
      seconds_left: null
    },
    created: 1,
    started: 2,
    ended: null,
    heartbeat: 3,
    attempt: 1,
    retry_of: null,
    stopped_at_step: null,
    error: null,
    result: null,
    log_lines: 0,
    controls: { pause: null, stop: 'Nothing to keep.', cancel: null },
    ...part
  };
}
