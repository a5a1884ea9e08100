import { expect, test } from './support/test';

/** As the test server's own hub knows it. */
const TOKEN = 'hf_aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA2c';

test('a dataset of the hub is added, with what was asked for', async ({
  studio
}) => {
  const { api, datasets } = studio;
  const name = studio.name('hub');
  const dialog = await datasets.add('From the Hub');
  await dialog.getByLabel('Dataset of the hub').fill('org/notes');
  // These come with the dataset's name.
  await dialog.getByLabel('Split', { exact: true }).fill('test');
  await dialog.getByLabel('Row limit').fill('1');
  await dialog.getByLabel('Text columns').fill('other');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('1 sample');
  const [dataset] = await api.find(name);
  expect(dataset.facts?.splits).toEqual({ test: 1 });
  expect(dataset.facts?.columns).toEqual(['other']);
  expect(dataset.source.hub?.commit).toMatch(/^[0-9a-f]{40}$/);
});

test('a gated dataset says what to do, and comes with a token', async ({
  studio
}) => {
  const { datasets } = studio;
  const name = studio.name('gated');
  const dialog = await datasets.add('From the Hub');
  await dialog.getByLabel('Dataset of the hub').fill('org/gated');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const refusal = dialog.getByRole('alert');
  await expect(refusal).toContainText('org/gated');
  await expect(refusal).toContainText('token');
  await expect(dialog.getByLabel('Dataset of the hub')).toHaveValue(
    'org/gated'
  );

  await dialog.getByLabel('New token').fill(TOKEN);
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await expect(dialog).toContainText('knows you as jane');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(datasets.chip(datasets.row(name))).toHaveText('ready');

  await datasets.add('From the Hub');
  await expect(dialog).toContainText('is kept already');
  await dialog.getByRole('button', { name: 'Forget the token' }).click();
  await expect(dialog).toContainText('There is no token');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('a dataset that is not there is refused at its field', async ({
  studio
}) => {
  const dialog = await studio.datasets.add('From the Hub');
  await dialog.getByLabel('Dataset of the hub').fill('org/none');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert').first()).toContainText('org/none');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});
