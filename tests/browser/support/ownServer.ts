import { DEMO_MODEL, LEARNED, TOKENIZER } from './places';
import { OwnServer } from './server';
import { test as base } from './test';

/** With a server of its own, and none of galata's stand-ins, which cannot do without one. */
export const test = base.extend<{ server: OwnServer }>({
  server: async ({ browserName: _ }, use) => {
    const server = await OwnServer.create([TOKENIZER, DEMO_MODEL, LEARNED]);
    try {
      await server.start();
      await use(server);
    } finally {
      await server.stop();
      server.dispose();
    }
  },
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  kernels: null,
  sessions: null,
  terminals: null,
  mockConfig: false,
  mockSettings: false,
  mockState: false,
  mockUser: false
});
