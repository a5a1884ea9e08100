import type { WebSocketRoute } from '@playwright/test';
import { PATIENCE } from './support/api';
import { test as alone } from './support/ownServer';
import { picture } from './support/stage';
import { expect, test } from './support/test';

alone(
  'a server that stops or dies is said, and found again without a reload',
  async ({ server, studio, page }) => {
    alone.slow();
    const { api, datasets, jobs } = studio;
    await expect(datasets.node).toContainText('No text yet');
    await picture(page, 'empty');
    const dataset = await api.texts(studio.name('before'), ['One.', 'Two.']);
    // So little text does not fill a block: the job fails, and could be tried again.
    const { job } = await api.tokenize(dataset.id);
    await jobs.open();
    const retry = jobs.rowOf(job!).getByRole('button', { name: /^Retry/ });
    await expect(retry).toHaveAttribute('aria-disabled', 'false', {
      timeout: PATIENCE
    });
    // The panel of the datasets has the same button, under its own name.
    const again = datasets.node.getByRole('button', { name: /^Try again/ });
    await expect(datasets.mark).toHaveText('live');
    const began = await page.evaluate(() => performance.timeOrigin);

    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await server.stop(signal);
      for (const panel of [datasets, jobs]) {
        await expect(panel.mark).toHaveText('offline', { timeout: PATIENCE });
        await expect(panel.mark).toHaveAttribute('title', /cannot be reached/);
      }
      // What was there is there still; what needs the server says why not.
      const row = datasets.rowOf(dataset.id);
      await expect(datasets.name(row)).toHaveText(dataset.name);
      await expect(retry).toHaveAttribute('aria-disabled', 'true');
      await expect(retry).toHaveAttribute('aria-label', /cannot be reached/);
      await expect(again).toHaveAttribute('aria-disabled', 'true');
      await expect(again).toHaveAttribute('aria-label', /cannot be reached/);
      await picture(page, `offline-${signal}`);

      await server.start();
      await expect(datasets.mark).toHaveText('live', { timeout: PATIENCE });
      await expect(retry).toHaveAttribute('aria-disabled', 'false');
      // Events go on: what is made elsewhere shows by itself.
      const name = studio.name(`after-${signal.toLowerCase()}`);
      await api.texts(name, ['Three.']);
      await expect(datasets.chip(datasets.row(name))).toHaveText('ready');
    }
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(began);
  }
);

test('without the websocket it polls, and goes back to live', async ({
  page,
  studio
}) => {
  const { api, datasets } = studio;
  await expect(datasets.mark).toHaveText('live');
  const sockets: WebSocketRoute[] = [];
  let isCut = true;
  await page.routeWebSocket(/mistudio\/api\/events/, route => {
    if (isCut) {
      void route.close();
    } else {
      route.connectToServer();
      sockets.push(route);
    }
  });
  // Routes hold for sockets that are opened from now on.
  await page.reload();
  await datasets.open();
  await expect(datasets.mark).toHaveText('polling');
  const name = studio.name('polled');
  await api.texts(name, ['One.']);
  await expect(datasets.chip(datasets.row(name))).toHaveText('ready');
  await expect(datasets.mark).toHaveText('polling');

  isCut = false;
  await expect(datasets.mark).toHaveText('live', { timeout: PATIENCE });
  await sockets[0].close();
  await expect(datasets.mark).not.toHaveText('live');
  await expect(datasets.mark).toHaveText('live', { timeout: PATIENCE });
});
