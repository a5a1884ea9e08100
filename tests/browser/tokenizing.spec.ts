import { PATIENCE } from './support/api';
import { BIG, TOKENIZER } from './support/places';
import { expect, test } from './support/test';

test('a tokenization is started in the form, watched, paused, resumed, and survives reloads', async ({
  studio,
  page
}) => {
  test.slow();
  const { api, datasets } = studio;
  const dataset = await api.file(studio.name('big'), BIG);
  await datasets.row(dataset.name).dblclick();
  const document = studio.document(dataset.id);
  await document.tokenize(TOKENIZER, 64);

  const row = document.node.locator('.jp-mistudio-Row');
  const line = document.progress(row);
  await expect(line).toBeVisible({ timeout: PATIENCE });
  // It moves by itself, and says what is done, of how many, and how fast.
  await expect(line).toHaveAttribute('aria-valuenow', /^[1-9]/, {
    timeout: PATIENCE
  });
  await expect(document.facts(row)).toContainText('/110,000');

  await document.press(row, 'Pause');
  await expect(document.chip(row)).toHaveText('paused');
  const [{ id, job }] = await api.tokenizationsOf(dataset.id);
  const done = (await api.job(job!.id)).progress.done;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(110_000);

  // The panel shows the same, and what is chosen there outlives the page.
  const nested = datasets.rowOf(id);
  await nested.click();
  await expect(nested).toHaveAttribute('aria-selected', 'true');
  await expect(datasets.chip(nested)).toHaveText('paused');
  await datasets.filter.fill(dataset.name);
  await studio.remembered(id);
  await studio.remembered(`"filter":"${dataset.name}"`);
  await page.reload();
  await expect(datasets.chip(nested)).toHaveText('paused');
  await expect(nested).toHaveAttribute('aria-selected', 'true');
  await expect(datasets.filter).toHaveValue(dataset.name);
  await expect(document.tab('Tokenizations')).toHaveAttribute(
    'aria-selected',
    'true'
  );
  await expect(document.chip(document.rowOf(id))).toHaveText('paused');

  // Once more in the middle of the work.
  await datasets.press(nested, 'Resume');
  await expect(datasets.chip(nested)).not.toHaveText('paused');
  await page.reload();
  await expect(datasets.chip(nested)).toHaveText('ready', {
    timeout: 2 * PATIENCE
  });
  await expect(datasets.facts(nested)).toContainText('blocks of 64');
  await expect(document.chip(document.rowOf(id))).toHaveText('ready');
});

test('what the server refuses stands at its field', async ({ studio }) => {
  const dataset = await studio.api.texts(studio.name('short'), [
    'The rain fell over the valley and the storm gathered.'
  ]);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tokenize('no/such/folder', 4);
  const form = document.node.getByRole('form');
  await expect(form.getByRole('alert')).toContainText(
    'There is nothing at no/such/folder.'
  );
  await form.getByLabel(/^Tokenizer/).fill(TOKENIZER);
  await form.getByRole('button', { name: 'Tokenize', exact: true }).click();
  const row = document.node.locator('.jp-mistudio-Row');
  await expect(document.chip(row)).toHaveText('ready', { timeout: PATIENCE });
});

test('one sample a row: padded, with its tokens seen before any work', async ({
  studio
}) => {
  const dataset = await studio.api.texts(studio.name('rows'), [
    'The rain fell over the valley and the storm gathered.',
    'Rain.'
  ]);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tokenize(TOKENIZER, 16, async form => {
    await expect(form.getByLabel('Padding')).toHaveCount(0);
    await form.getByLabel('Layout').selectOption({ label: 'Rows' });
    await form.getByLabel('Padding').selectOption({ label: 'Max length' });
    await form.getByLabel('Held-out share').fill('0');
    await expect(form.getByRole('list', { name: 'Tokens' })).toContainText(
      'storm',
      { timeout: PATIENCE }
    );
  });
  const row = document.node.locator('.jp-mistudio-Row');
  await expect(document.chip(row)).toHaveText('ready', { timeout: PATIENCE });
  await expect(document.facts(row)).toContainText('rows up to 16');
  const [{ facts }] = await studio.api.tokenizationsOf(dataset.id);
  expect(facts!.blocks).toBe(2);
  expect(facts!.padding_tokens).toBe(2 * 16 - facts!.tokens);
  const told = document.node.getByRole('table', { name: /^Facts of/ });
  await expect(told).toContainText('Paddingup to the full length');
  await expect(told).toContainText(
    `Padding added${facts!.padding_tokens} tokens`
  );

  // No model is there to know these tokens.
  await document.node.getByLabel('Does it fit a model?').fill(TOKENIZER);
  await document.node.getByRole('button', { name: 'Check' }).click();
  await expect(document.node.getByRole('alert')).toBeVisible();
});
