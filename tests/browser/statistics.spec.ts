import { readFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { PATIENCE } from './support/api';
import { BIG } from './support/places';
import { expect, test } from './support/test';

/** How many different colors a canvas has; an empty one has a single. */
function colors(canvas: Locator): Promise<number> {
  return canvas.evaluate((node: HTMLCanvasElement) => {
    const { data } = node
      .getContext('2d')!
      .getImageData(0, 0, node.width, node.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

test('statistics are computed, with progress, and shown as charts', async ({
  studio,
  page
}) => {
  test.slow();
  const { api } = studio;
  const dataset = await api.file(studio.name('big'), BIG);
  const made = await api.tokenized(dataset.id, { max_length: 64 });
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tab('Statistics').click();
  const { body } = document;
  await body.getByRole('button', { name: 'Compute the statistics' }).click();
  await expect(body.getByRole('progressbar')).toBeVisible();

  const figures = body.locator('.jp-mistudio-Figures');
  await expect(figures).toBeVisible({ timeout: 2 * PATIENCE });
  await expect(figures).toContainText(
    `Tokens${made.facts!.tokens.toLocaleString('en')}`
  );
  await expect(body.getByRole('progressbar')).toHaveCount(0);

  const chart = document.chart('Length of samples');
  const surface = chart.getByRole('img', { name: 'Length of samples' });
  await expect.poll(() => colors(chart.locator('canvas'))).toBeGreaterThan(5);

  // Values under the pointer, and with the keys.
  const values = chart.locator('.jp-mistudio-Chart-values');
  await surface.hover();
  await expect(values).toContainText(/Tokens \d/);
  await page.mouse.move(0, 0);
  await surface.focus();
  await page.keyboard.press('Home');
  await expect(values).toContainText(/Tokens 0/);
  const first = await values.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(values).not.toHaveText(first!);

  // A stretch is marked, and all of it shown again.
  const area = (await chart.locator('.u-over').boundingBox())!;
  const y = area.y + area.height / 2;
  await page.mouse.move(area.x + area.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width * 0.5, y, { steps: 5 });
  await page.mouse.up();
  const all = chart.getByRole('button', { name: 'Show all' });
  await expect(all).toBeVisible();
  await chart.locator('.u-over').dblclick();
  await expect(all).toHaveCount(0);

  await chart.getByLabel('log').check();
  await expect.poll(() => colors(chart.locator('canvas'))).toBeGreaterThan(5);

  // Another theme is drawn with its own colors.
  const light = await chart.locator('canvas').screenshot();
  await page.theme.setDarkTheme();
  await expect
    .poll(async () => light.equals(await chart.locator('canvas').screenshot()))
    .toBe(false);

  const save = async (entry: string) => {
    const file = page.waitForEvent('download');
    await chart.getByRole('button', { name: /^Save the chart/ }).click();
    await page.locator('.lm-Menu').getByText(entry).click();
    return readFileSync(await (await file).path());
  };
  const table = (await save('Save as CSV')).toString();
  expect(table.split('\r\n')[0]).toBe('Tokens ≥,Tokens <,samples');
  const samples = table
    .split('\r\n')
    .slice(1, -1)
    .reduce((sum, line) => sum + Number(line.split(',')[2]), 0);
  const shown = await figures.locator('dd').first().textContent();
  expect(samples.toLocaleString('en')).toBe(shown);
  const picture = await save('Save as PNG');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');

  const top = body.getByRole('table', { name: 'Commonest tokens' });
  await expect(top.locator('tbody tr')).toHaveCount(50);

  // They are kept: nothing is counted twice.
  await page.reload();
  await expect(figures).toBeVisible({ timeout: PATIENCE });
});
