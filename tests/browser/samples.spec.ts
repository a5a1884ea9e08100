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
