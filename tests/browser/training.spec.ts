import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Locator } from '@playwright/test';
import { PATIENCE, type Capture, type MetricsPage } from './support/api';
import { BIG, DEMO_MODEL, serverRoot } from './support/places';
import { picture } from './support/stage';
import { expect, test, type Studio } from './support/test';
import {
  NewTraining,
  TrainingDocument,
  TrainingPanel
} from './support/training';

/** A few thousand vectors of the demo model. */
async function prepare(studio: Studio): Promise<Capture> {
  const { api } = studio;
  const model = await api.model(studio.name('llama'));
  const dataset = await api.file(studio.name('text'), BIG);
  const tokenization = await api.tokenized(dataset.id, {
    tokenizer: DEMO_MODEL,
    max_length: 64
  });
  return api.captured(model.id, tokenization.id, {
    name: studio.name('middle'),
    hooks: ['layers.1.mlp_out', 'layers.2.resid_post'],
    max_tokens: 6000
  });
}

/** What the browser saves when this is done. */
async function downloaded(
  { page }: Studio,
  act: () => Promise<void>
): Promise<{ name: string; content: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return {
    name: file.suggestedFilename(),
    content: readFileSync(await file.path())
  };
}

test('SAEs are trained: asked for, watched, paused, gone on with after a reload, stopped and kept', async ({
  studio,
  page
}) => {
  test.setTimeout(300_000);
  const capture = await prepare(studio);
  const panel = new TrainingPanel(page);
  await panel.open();
  await panel.node.getByRole('button', { name: 'New', exact: true }).click();
  const making = new NewTraining(page);
  await expect(making.reason).toHaveText('Choose a capture.');
  await making.capture(capture.name).check();
  await expect(making.estimate).toContainText(/Memory.* of .* free/);

  // What matters for the architecture, and no more.
  await expect(making.node.getByLabel(/^k features/)).toBeVisible();
  await making.node
    .locator('select')
    .filter({ hasText: 'jumprelu' })
    .selectOption({ label: 'standard' });
  await expect(making.node.getByLabel(/^L1 coefficient/)).toBeVisible();
  await expect(making.node.getByLabel(/^k features/)).toHaveCount(0);
  await making.node
    .locator('select')
    .filter({ hasText: 'jumprelu' })
    .selectOption({ label: 'topk' });

  // Two SAEs at one hook point, for longer than anybody waits.
  await making.capture('layers.1.mlp_out').uncheck();
  await making.field('Several: k').fill('4, 8');
  await making.node
    .getByLabel(/^Width/)
    .first()
    .fill('256');
  await making.node.getByLabel(/^Steps/).fill('100000');
  await making.node.getByLabel(/^Batch size/).fill('256');
  await expect(
    making.estimate.locator('.jp-mistudio-Estimate-saes li')
  ).toHaveCount(2);
  await expect(making.estimate).toContainText('k 4');
  await expect(making.reason).toHaveText('');
  await page.theme.setLightTheme();
  await picture(page, 'training-new-light');
  await page.theme.setDarkTheme();
  await picture(page, 'training-new-dark');
  await page.theme.setLightTheme();
  await making.start.click();

  const row = panel.node.locator('[data-row-id^="tr_"]').first();
  await expect(row).toBeVisible();
  const id = (await row.getAttribute('data-row-id'))!;
  const document = new TrainingDocument(page, id);
  await expect(document.node).toBeVisible();

  // It goes by itself, in the panel and in the document.
  await expect(panel.facts(row)).toContainText('/100,000', {
    timeout: 2 * PATIENCE
  });
  const loss = document.chart('Loss');
  await expect(loss).toBeVisible({ timeout: 2 * PATIENCE });
  await expect(loss.locator('canvas')).toBeVisible();
  const before = await loss.locator('.jp-mistudio-Chart-summary').textContent();
  await expect(loss.locator('.jp-mistudio-Chart-summary')).not.toHaveText(
    before ?? '',
    { timeout: PATIENCE }
  );
  await expect(document.chart('L0')).toContainText('k 8');
  await expect(document.figures).toContainText('FVU');
  await expect(panel.group('running')).toBeVisible();

  await document.press('Save a checkpoint now');
  await document.open('Checkpoints');
  const table = document.body.getByRole('table', { name: 'Checkpoints' });
  await expect(table).toContainText('by hand', { timeout: PATIENCE });
  await document.open('Curves');
  await document.press('Pause');
  await expect(document.chip).toHaveText('paused', { timeout: PATIENCE });
  await page.reload();
  await expect(document.chip).toHaveText('paused', { timeout: PATIENCE });
  await expect(document.chart('Loss')).toBeVisible();
  await picture(page, 'training-curves-light');
  await page.theme.setDarkTheme();
  await picture(page, 'training-curves-dark');
  await page.theme.setLightTheme();
  await page.sidebar.setWidth(220, 'left');
  await row.hover();
  await picture(page, 'training-narrow');
  await page.sidebar.setWidth(290, 'left');
  await document.press('Resume');
  await expect(document.chip).not.toHaveText('paused');
  await expect(
    document.head.getByRole('button', { name: 'Stop and keep', exact: true })
  ).toBeEnabled({ timeout: PATIENCE });
  await document.press('Stop and keep');
  await expect(document.chip).toHaveText('ready', { timeout: 2 * PATIENCE });
  await expect(document.head).toContainText('It was stopped.');

  // What was saved can be made an SAE of, which stands below the training.
  await document.open('Checkpoints');
  await table
    .getByRole('row')
    .last()
    .getByRole('button', { name: /^Make an SAE/ })
    .click();
  await page.locator('.lm-Menu').getByRole('menuitem').first().click();
  const sae = panel.node.locator('[data-row-id^="sa_"]');
  await expect(panel.chip(sae)).toHaveText('ready', { timeout: 2 * PATIENCE });
  await expect(panel.facts(sae)).toContainText('256 features');
  const archive = await downloaded(studio, () => panel.press(sae, 'Download'));
  expect(archive.name).toMatch(/^sa_\w{8}\.tar$/);
  expect(archive.content.toString('latin1', 0, 100)).toContain('cfg.json');
  await picture(page, 'training-checkpoints');

  // The regular ones go, once it was said which.
  await document.body.getByRole('button', { name: 'Prune…' }).click();
  await expect(studio.dialog).toContainText(/Stay: [\d,]+/);
  await picture(page, 'training-prune');
  await studio.dialog
    .getByRole('button', { name: 'Prune', exact: true })
    .click();
  await expect(studio.dialog).toHaveCount(0);
  await expect(table).not.toContainText('regular');

  await document.open('Curves');
  const numbers = await downloaded(studio, async () => {
    await document.body
      .getByRole('button', { name: 'Save all numbers' })
      .click();
    await page
      .locator('.lm-Menu')
      .getByText('Save all steps as CSV', { exact: true })
      .click();
  });
  expect(numbers.name).toBe(`${id}-training.csv`);
  expect(numbers.content.toString()).toMatch(/^sae,title,step,loss,/);

  await document.open('Health');
  await expect(document.body).toContainText(/Step [\d,]+ of 100,000/);
  await document.open('Log');
  await expect(document.body.getByRole('log')).toBeVisible();
  await document.body.getByLabel('Search in the log').fill('no line has this');
  await document.body.getByText('Show all lines').click();
  await expect(document.body.getByRole('log')).toBeVisible();
  await picture(page, 'training-log');
  await document.open('Configuration');
  await expect(
    document.body.getByRole('table', { name: 'Parameters' })
  ).toContainText('256');
  await picture(page, 'training-configuration');
});

/** How many pixels of a chart have a color. */
function ink(chart: Locator): Promise<number> {
  return chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    return data.filter((_, at) => at % 4 === 3 && data[at] > 0).length;
  });
}

test('a run of a million points opens, and shows all there is of what is zoomed into', async ({
  studio,
  page
}) => {
  test.setTimeout(300_000);
  const capture = await prepare(studio);
  const { id } = await studio.api.trained(capture.id, {
    saes: [{ hook: 'layers.2.resid_post' }]
  });
  execFileSync('python', [
    path.join(__dirname, 'support', 'fillMetrics.py'),
    path.join(serverRoot, 'workspace'),
    id
  ]);
  const pages: MetricsPage[] = [];
  page.on('response', async response => {
    if (/\/metrics\?.*of=training/.test(response.url())) {
      pages.push((await response.json()) as MetricsPage);
    }
  });
  const latest = () => pages[pages.length - 1];
  await studio.execute('mistudio:open-training', { id });
  const document = new TrainingDocument(page, id);
  const loss = document.chart('Loss');
  await expect(loss).toContainText('at step 10,000,000', { timeout: PATIENCE });
  await expect.poll(() => ink(loss)).toBeGreaterThan(1000);
  const { rows, last, steps, columns } = latest();
  expect([rows, steps[0], last]).toEqual([1_000_000, 10, 10_000_000]);
  expect(steps.length).toBeLessThan(20_000);
  expect(steps[columns.loss.indexOf(50)]).toBe(7_654_320);

  // A brush, and keys, until nothing is left out.
  const over = (await loss.locator('.u-over').boundingBox())!;
  const middle = over.y + over.height / 2;
  await page.mouse.move(over.x + 0.5 * over.width, middle);
  await page.mouse.down();
  await page.mouse.move(over.x + 0.53 * over.width, middle, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => latest().rows).toBeLessThan(50_000);
  expect(latest().rows).toBeGreaterThan(10_000);
  await expect(document.body).toContainText(
    /Steps [\d,]+ to 5,\d{3},\d{3}: show all/
  );
  await loss.getByRole('img').focus();
  await page.keyboard.press('Home');
  while (latest().rows > 1000) {
    const before = latest().rows;
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('+');
    await expect.poll(() => latest().rows).toBeLessThan(before);
  }
  const whole = latest();
  expect(whole.steps).toHaveLength(whole.rows);
  whole.steps.forEach((step, at) => {
    expect(step).toBe(whole.steps[0] + 10 * at);
    const share = step / 10_000_000;
    const value = (1 + 0.2 * Math.sin(step * 12.9898)) / (1 + 9 * share);
    expect(whole.columns.loss[at]).toBeCloseTo(value, 9);
  });
  await expect.poll(() => ink(loss)).toBeGreaterThan(1000);
  await page.keyboard.press('Escape');
  await expect.poll(() => latest().rows).toBe(1_000_000);

  await page.theme.setLightTheme();
  await picture(page, 'training-million-light');
  await page.theme.setDarkTheme();
  await picture(page, 'training-million-dark');
  await page.theme.setLightTheme();
});
