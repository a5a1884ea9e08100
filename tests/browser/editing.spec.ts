import { expect, test } from './support/test';

test('a dataset is renamed in place, by menu and by key', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  const dataset = await api.texts(studio.name('old'), ['One.']);
  const row = datasets.rowOf(dataset.id);
  const field = datasets.node.getByLabel(/^New name of/);

  await datasets.choose(row, 'Rename Dataset…');
  await field.fill(studio.name('new'));
  await page.keyboard.press('Enter');
  await expect(datasets.name(row)).toHaveText(studio.name('new'));
  await expect(row).toBeFocused();

  await page.keyboard.press('F2');
  await field.fill('never');
  await page.keyboard.press('Escape');
  await expect(datasets.name(row)).toHaveText(studio.name('new'));

  await page.keyboard.press('F2');
  await field.fill(studio.name('newest'));
  await page.keyboard.press('Enter');
  await expect(datasets.name(row)).toHaveText(studio.name('newest'));
  await expect
    .poll(async () => (await api.dataset(dataset.id)).name)
    .toBe(studio.name('newest'));
});

test('tags and notes are kept when one leaves the field', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  const dataset = await api.texts(studio.name('tagged'), ['One.']);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tab('About').click();
  await document.body.getByLabel('Tags').fill('weather, short , weather');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Two lines\nof notes.');
  await page.keyboard.press('Tab');
  await expect
    .poll(async () => {
      const { tags, notes } = await api.dataset(dataset.id);
      return { tags, notes };
    })
    .toEqual({ tags: ['weather', 'short'], notes: 'Two lines\nof notes.' });
  await expect(document.body.getByLabel('Tags')).toHaveValue('weather, short');
  // A tag is a word to find it by.
  await datasets.filter.fill(`short ${studio.name('tagged')}`);
  await expect(datasets.rowOf(dataset.id)).toBeVisible();
});

test('deleting says what goes with it; keeping deletes nothing', async ({
  studio,
  page
}) => {
  const { api, datasets, dialog } = studio;
  const dataset = await api.texts(
    studio.name('doomed'),
    Array.from({ length: 20 }, (_, row) => `The rain fell on day ${row}.`)
  );
  const made = await api.tokenized(dataset.id, { name: studio.name('blocks') });
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  const row = datasets.rowOf(dataset.id);

  await datasets.choose(row, 'Delete Datasets…');
  await expect(dialog).toContainText(dataset.name);
  await expect(dialog.getByRole('list', { name: 'Goes along' })).toContainText(
    made.name
  );
  // Enter alone must not delete.
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect((await api.dataset(dataset.id)).tokenizations).toBe(1);

  await row.focus();
  await page.keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row).toHaveCount(0);
  await expect(datasets.rowOf(made.id)).toHaveCount(0);
  expect(await api.find(dataset.name)).toEqual([]);
  // Its document goes too.
  await expect(document.node).toHaveCount(0);
});
