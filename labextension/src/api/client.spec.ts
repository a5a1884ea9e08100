import { FakeServer, json, refusal } from '../testing/server';
import { ApiError, Client } from './client';

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => expect.fail('It should have failed.'),
    thrown => thrown
  );
}

describe('Client', () => {
  it('fills paths and queries, below whatever base address', async () => {
    const server = new FakeServer('http://here/user/a%40b/');
    server.on('GET *', { jobs: [], total: 0 });
    await server.client.get('/jobs', { query: { limit: 5 } });
    await server.client.get('/jobs/{id}', { path: { id: 'a/b ?' } });
    expect(server.asked).toEqual([
      'GET /jobs?limit=5',
      'GET /jobs/a%2Fb%20%3F'
    ]);
  });

  it('repeats what is a list, and leaves out what is not given', async () => {
    const server = new FakeServer();
    server.on('DELETE /datasets/ds_1', { ids: [], bytes: 0 });
    await server.client.delete('/datasets/{id}', {
      path: { id: 'ds_1' },
      query: { agreed: ['tk_1', 'tk_2'] }
    });
    expect(server.asked).toEqual([
      'DELETE /datasets/ds_1?agreed=tk_1&agreed=tk_2'
    ]);
  });

  it('sends JSON, and raw parts as they are', async () => {
    const server = new FakeServer();
    const types: (string | null)[] = [];
    const answer = (request: Request) => {
      types.push(request.headers.get('Content-Type'));
      return json({});
    };
    server.on('POST /datasets', answer);
    server.on('PATCH /datasets/ds_1', answer);
    server.on('PUT /uploads/up_1', answer);
    await server.client.post('/datasets', { body: { texts: ['a'] } });
    await server.client.patch('/datasets/{id}', {
      path: { id: 'ds_1' },
      body: { name: 'b' }
    });
    await server.client.put('/uploads/{id}', {
      path: { id: 'up_1' },
      query: { offset: 3 },
      body: new Blob(['xyz'])
    });
    expect(server.bodies.slice(0, 2)).toEqual([
      '{"texts":["a"]}',
      '{"name":"b"}'
    ]);
    expect(server.asked[2]).toBe('PUT /uploads/up_1?offset=3');
    expect(types).toEqual([
      'application/json',
      'application/json',
      'application/octet-stream'
    ]);
  });

  it('takes an empty answer', async () => {
    const server = new FakeServer();
    server.on('DELETE /uploads/up_1', () => json(undefined, 204));
    await expect(
      server.client.delete('/uploads/{id}', { path: { id: 'up_1' } })
    ).resolves.toBeUndefined();
  });

  it('tells what is wrong, what to do, and at which field', async () => {
    const server = new FakeServer();
    server.on('POST /datasets', () => refusal(400, 'bad_request', 'path'));
    const error = await failure(
      server.client.post('/datasets', { body: { path: '/' } })
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      message: 'It is wrong.',
      hint: 'Do better.',
      code: 'bad_request',
      field: 'path',
      status: 400
    });
    expect(error.isConnection).toBe(false);
  });

  it('knows a missing server half from a missing object', async () => {
    const server = new FakeServer();
    const missing = await failure(server.client.get('/system'));
    expect(missing.code).toBe('not_found');
    server.on(
      'GET /system',
      () => new Response('<html>404</html>', { status: 404 })
    );
    const error = await failure(server.client.get('/system'));
    expect(error.code).toBe('server_missing');
    expect(error.hint).toContain(
      'jupyter server extension enable mistudio_ext'
    );
  });

  it.each([502, 503, 504])(
    'takes a proxy’s %i for a server that is away',
    async status => {
      const server = new FakeServer();
      server.on('GET /system', () => new Response('Bad gateway', { status }));
      expect((await failure(server.client.get('/system'))).code).toBe(
        'unreachable'
      );
    }
  );

  it('says so when nobody answers, and when the answer is no form of ours', async () => {
    const server = new FakeServer();
    server.isDown = true;
    const away = await failure(server.client.get('/system'));
    expect(away).toMatchObject({ code: 'unreachable', status: 0 });
    expect(away.isConnection).toBe(true);
    server.isDown = false;
    server.on('GET /system', () => json({ message: 'Forbidden' }, 403));
    expect((await failure(server.client.get('/system'))).code).toBe('http_403');
  });

  it('gives the socket’s address with its token', () => {
    const { client } = new FakeServer('http://here/base/');
    expect(client.socketUrl('events', { since: 4 })).toBe(
      'ws://here/base/mistudio/api/events?since=4&token=secret'
    );
    expect(client).toBeInstanceOf(Client);
  });

  it('gives the address of a file, for a browser that sends no headers', () => {
    const { client } = new FakeServer('http://here/a%40b/');
    const address = () =>
      new URL(client.address('/saes/{id}/download', { path: { id: 'sa/1' } }));
    expect(address().pathname).toBe('/a%40b/mistudio/api/saes/sa%2F1/download');
    expect(Object.fromEntries(address().searchParams)).toEqual({
      token: 'secret'
    });
    document.cookie = '_xsrf=2|a&b';
    expect(address().searchParams.get('_xsrf')).toBe('2|a&b');
    document.cookie = '_xsrf=; expires=Thu, 01 Jan 1970 00:00:00 GMT';
  });

  it('makes an error of whatever was thrown', () => {
    expect(ApiError.from('odd').message).toBe('odd');
    expect(ApiError.from(new Error('bad')).code).toBe('page');
  });
});
