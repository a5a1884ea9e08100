import { STORIES } from './support/places';
import { expect, test } from './support/test';

test('pasted texts become a dataset', async ({ studio }) => {
  const { datasets } = studio;
  const name = studio.name('pasted');
  const dialog = await datasets.add('Paste Texts');
  await dialog.getByLabel('Texts').fill('The rain fell.\n\nThe fox jumped.');
  await expect(dialog.getByText('2 samples')).toBeVisible();
  await dialog.getByLabel('One sample is').selectOption('document');
  await expect(dialog.getByText('1 sample', { exact: true })).toBeVisible();
  await dialog.getByLabel('One sample is').selectOption('line');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();

  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('2 samples');
});

test('a file of the server is added by its path, a wrong one is refused in the form', async ({
  studio
}) => {
  const { datasets } = studio;
  const name = studio.name('by-path');
  await datasets.addPath('table.csv', name);
  const wrongEnding = studio.dialog.getByRole('alert');
  await expect(wrongEnding).toContainText('.txt');
  await expect(studio.dialog.getByLabel('Path')).toHaveValue('table.csv');

  // What was typed is still there, and can be put right.
  await studio.dialog.getByLabel('Path').fill('/etc/passwd');
  await studio.dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(studio.dialog.getByRole('alert')).toContainText(
    '/etc/passwd is outside the folders that this server may read.'
  );
  await expect(studio.dialog.getByLabel('Name')).toHaveValue(name);

  await studio.dialog.getByLabel('Path').fill(STORIES);
  await studio.dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(studio.dialog).toBeHidden();
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('12 samples');
});

test('a file dropped on the panel is uploaded and read', async ({ studio }) => {
  const { datasets } = studio;
  const name = studio.name('dropped');
  await datasets.drop(`${name}.txt`, 'One line.\nAnother line.\nA third.\n');
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('3 samples');

  // A file that cannot be read stays in the panel with the reason.
  await datasets.drop(`${name}.csv`, 'a,b\n1,2\n');
  const refused = datasets.row(`${name}.csv`);
  await expect(datasets.chip(refused)).toHaveText('failed');
  await expect(datasets.facts(refused)).toContainText('.txt');
  await datasets.press(refused, 'Dismiss');
  await expect(refused).toHaveCount(0);
});
