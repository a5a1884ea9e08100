import { PATIENCE, type Capture } from './support/api';
import { BIG, DEMO_MODEL } from './support/places';
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

test('SAEs are trained: asked for, watched, paused, gone on with, stopped and kept', async ({
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

  await document.open('Health');
  await expect(document.body).toContainText(/Step [\d,]+ of 100,000/);
  await document.open('Log');
  await expect(document.body.getByRole('log')).toBeVisible();
  await document.open('Configuration');
  await expect(
    document.body.getByRole('table', { name: 'Parameters' })
  ).toContainText('256');
  await picture(page, 'training-configuration');
});
