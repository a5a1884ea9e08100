import { PATIENCE } from './support/api';
import { MANY, STORIES, TOKENIZER } from './support/places';
import { expect, test } from './support/test';

test('20,000 samples are browsed, and one is read whole', async ({
  studio,
  page
}) => {
  const dataset = await studio.api.file(studio.name('many'), MANY);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  const { samples } = document;
  await expect(samples.getByRole('option').first()).toContainText('Sample 0:');

  // Far down at once, as with the scroll bar: only what is looked at is fetched.
  await samples.evaluate(node => {
    node.scrollTop = node.scrollHeight;
  });
  const last = samples.getByRole('option').filter({ hasText: 'Sample 19999:' });
  await expect(last).toBeVisible();
  await last.click();
  await expect(document.sample).toContainText('Sample 19,999');
  await expect(document.sampleText).toHaveText(
    'Sample 19999: the rain fell over the valley.'
  );

  await document.node.getByLabel('Go to row').fill('12345');
  await page.keyboard.press('Enter');
  await expect(document.sampleText).toContainText('Sample 12345:');
  const chosen = samples.getByRole('option', { selected: true });
  await expect(chosen).toContainText('Sample 12345:');

  // On with the keys.
  await samples.focus();
  await page.keyboard.press('ArrowDown');
  await expect(document.sampleText).toContainText('Sample 12346:');
  await page.keyboard.press('Escape');
  await expect(document.sample).toHaveCount(0);
});

test('a sample is seen with its other fields, and as tokens', async ({
  studio
}) => {
  const { api } = studio;
  const dataset = await api.file(studio.name('stories'), STORIES);
  const { name } = await api.tokenized(dataset.id);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  const option = document.samples.getByRole('option').nth(7);
  await option.click();
  await expect(document.sampleText).toContainText('Story 7.');
  await expect(
    document.sample.getByRole('table', { name: 'Other fields' })
  ).toContainText('1907');
  await document.sample
    .getByLabel('Show as')
    .selectOption({ label: `tokens: ${name}` });
  await expect(document.tokens.first()).toBeVisible({ timeout: 45_000 });
  await expect(document.tokens.filter({ hasText: '↵' })).not.toHaveCount(0);
});

test('tokens of any text are previewed before anything is run', async ({
  studio,
  page
}) => {
  const dataset = await studio.api.texts(studio.name('preview'), ['One.']);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tab('Preview').click();
  const { body } = document;
  await body.getByLabel('Text', { exact: true }).fill('The rain fell.');
  const button = body.getByRole('button', { name: 'Show tokens' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAttribute('title', 'Say which tokenizer first.');
  await body.getByLabel('Folder of the tokenizer').fill('nowhere');
  await button.click();
  await expect(body.getByRole('alert')).toContainText(
    'There is nothing at nowhere.'
  );

  await body.getByLabel('Folder of the tokenizer').fill(TOKENIZER);
  await button.click();
  await expect(body.getByRole('status')).toContainText('vocabulary of 376', {
    timeout: 45_000
  });
  const count = await document.tokens.count();
  await expect(body.getByRole('status')).toContainText(`${count} tokens`);
  // The begin token is a chip; white space has a mark.
  await expect(document.tokens.first()).toHaveText('<s>');
  await expect(document.tokens.first()).toHaveAttribute('data-kind', 'special');
  await expect(document.tokens.nth(2)).toContainText('·');

  await document.tokens.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(document.tokens.nth(1)).toBeFocused();
  await expect(body).toContainText(`Token 2 of ${count}`);

  // Without special tokens there is one less.
  await body.getByLabel(/^Special tokens/).uncheck();
  await button.click();
  await expect(document.tokens).toHaveCount(count - 1);
});

test('samples are searched, and narrowed to a split', async ({ studio }) => {
  const { api } = studio;
  const many = await api.file(studio.name('many'), MANY);
  const dataset = await api.arranged(many.id, {
    name: studio.name('split'),
    shuffle: false,
    test_share: 0.25
  });
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.search('sample 1234');
  // 1234 and 12340 to 12349.
  await expect(document.found).toContainText('11 hits');
  await expect(document.samples.getByRole('option')).toHaveCount(11);
  await expect(document.samples.locator('mark').first()).toHaveText(
    'Sample 1234'
  );
  await document.samples.getByRole('option').nth(3).click();
  await expect(document.sampleText.locator('mark')).toHaveText('Sample 1234');

  await document.search('');
  await document.node.getByLabel('Split', { exact: true }).selectOption('test');
  await expect(
    document.samples
      .getByRole('option')
      .first()
      .locator('.jp-mistudio-SampleLine-split')
  ).toHaveText('test');
  // It scrolls on to the last of them.
  await expect(async () => {
    await document.samples.evaluate(node => {
      node.scrollTop = node.scrollHeight;
    });
    await expect(document.found).toContainText('5,000 samples', {
      timeout: 100
    });
  }).toPass();

  await document.search('<script>alert(1)</script>');
  await expect(document.found).toHaveText(
    'No sample has “<script>alert(1)</script>” in it.'
  );
});

test('a sample is seen under two tokenizations, and both are compared', async ({
  studio
}) => {
  test.slow();
  const { api } = studio;
  const dataset = await api.file(studio.name('stories'), STORIES);
  const packed = await api.tokenized(dataset.id, {
    name: 'packed ones',
    special_tokens: false
  });
  const rows = await api.tokenized(dataset.id, {
    name: 'one a row',
    layout: 'rows',
    max_length: 64,
    padding: 'longest'
  });
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.samples.getByRole('option').nth(3).click();
  const count = async (tokenization: string): Promise<number> => {
    await document.sample.getByLabel('Show as').selectOption(tokenization);
    const told = document.sample.locator('.jp-mistudio-SampleView-facts');
    await expect(told).toContainText(/\d tokens/, { timeout: PATIENCE });
    return document.tokens.count();
  };
  const without = await count(packed.id);
  // Rows have the begin token that the tokenizer adds to a text.
  await expect.poll(() => count(rows.id)).toBe(without + 1);

  await document.tab('Tokenizations').click();
  await document.rowOf(rows.id).dblclick();
  await document.node.getByRole('button', { name: 'Compare…' }).click();
  const { body } = document;
  await body.getByLabel('Second').selectOption(packed.id);
  const parameters = body.getByRole('table', {
    name: 'Parameters that differ'
  });
  await expect(parameters).toContainText('Layoutrowspacked');
  await expect(body.getByRole('table', { name: 'Counts' })).toContainText(
    'Tokens'
  );
  await body.getByLabel('Row', { exact: true }).fill('3');
  await expect(body.getByText(`one a row · ${without + 1} tokens`)).toBeVisible(
    {
      timeout: PATIENCE
    }
  );
  await expect(body.getByText(`packed ones · ${without} tokens`)).toBeVisible({
    timeout: PATIENCE
  });

  // What is not counted yet can be, from here.
  const compute = body.getByRole('button', { name: 'Compute the statistics' });
  await expect(compute).toHaveCount(2);
  await compute.first().click();
  await expect(compute).toHaveCount(1, { timeout: PATIENCE });
  await compute.click();
  const chart = document.chart('Length of samples under both');
  await expect(chart.locator('canvas')).toBeVisible({ timeout: PATIENCE });
  await expect(chart).toContainText('packed ones');
});
