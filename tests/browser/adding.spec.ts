import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { AddDocument } from './support/adding';
import {
  CHAT,
  HOSTILE,
  HOSTILE_TABLE,
  PICTURE,
  POEMS,
  serverRoot,
  SHELF,
  STORIES,
  TALES,
  ZIPPED
} from './support/places';
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
  // The second time all is there already, and the menu must not take the focus back.
  const empty = new AddDocument(studio.page);
  for (let time = 0; time < 2; time++) {
    await datasets.choosePath();
    await expect(empty.path).toBeFocused();
    await empty.node.getByRole('button', { name: 'Not now' }).click();
  }
  const form = await datasets.addPath(PICTURE, name);
  await expect(form.node.getByRole('alert')).toContainText(
    'is of a kind that is not read here'
  );
  await expect(form.button).toBeDisabled();

  // What was typed is still there, and can be put right.
  await form.path.fill('/etc/passwd');
  await expect(form.node.getByRole('alert')).toContainText(
    '/etc/passwd is outside the folders that this server may read.'
  );
  await expect(form.node.getByLabel('Name')).toHaveValue(name);

  await form.path.fill(STORIES);
  await expect(form.samples.first()).toContainText('Story 0.');
  await expect(form.column('text')).toBeChecked();
  await form.button.click();
  await expect(form.node).toBeHidden();
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('12 samples');
});

test('of a table the columns are chosen, and joined in their order', async ({
  studio
}) => {
  const { api, datasets } = studio;
  const name = studio.name('poems');
  const form = await datasets.addPath(POEMS, name);
  await expect(form.look.getByRole('alert')).toContainText('title');
  await expect(form.button).toBeDisabled();

  await form.column('body').check();
  await expect(form.samples.first()).toContainText('Rain, 0 times.');
  // By keyboard alone.
  await form.column('title').focus();
  await studio.page.keyboard.press('Space');
  await form.node.getByLabel('Between columns').fill(' / ');
  await expect(form.samples.first()).toContainText('Rain, 0 times. / Poem 0');
  await expect(form.button).toBeEnabled();
  await form.button.click();
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  const [dataset] = await api.find(name);
  expect(dataset.facts?.columns).toEqual(['body', 'title']);
  await expect(studio.document(dataset.id).node).toBeVisible();
});

test('a folder and a file of conversations say what they hold', async ({
  studio
}) => {
  const { api, datasets } = studio;
  const shelf = studio.name('shelf');
  const form = await datasets.addPath(SHELF, shelf);
  await expect(form.look).toContainText('2 files');
  await expect(form.samples.first()).toContainText('Book 0');
  await form.button.click();
  await expect(datasets.chip(datasets.row(shelf))).toHaveText('ready');
  const [dataset] = await api.find(shelf);
  expect(dataset.facts?.splits).toEqual({ train: 5, test: 2 });

  const chat = studio.name('chat');
  await datasets.addPath(CHAT, chat);
  await expect(form.look).toContainText('conversations (messages)');
  await expect(form.samples.first()).toContainText('2 messages');
  await form.button.click();
  await expect(datasets.chip(datasets.row(chat))).toHaveText('ready');
  const [talks] = await api.find(chat);
  expect(talks.facts?.conversations).toBe(4);
});

test('columns and cells with markup are shown as text', async ({
  studio,
  page
}) => {
  const form = await studio.datasets.addPath(HOSTILE_TABLE);
  await expect(form.column(HOSTILE)).toBeVisible();
  await form.column(HOSTILE).check();
  await expect(form.samples.first()).toContainText(`${HOSTILE} cell`);
  await expect(form.node.locator('img')).toHaveCount(0);
  await expect(page).not.toHaveTitle('owned');
});

test('a document for a dataset survives a reload, and is one for one source', async ({
  studio,
  page
}) => {
  const form = await studio.datasets.addPath(POEMS, studio.name('kept'));
  await form.column('body').check();
  await expect(form.samples.first()).toBeVisible();
  await studio.remembered(POEMS);
  await page.reload();
  await expect(form.column('body')).toBeChecked();
  await expect(form.samples.first()).toContainText('Rain, 0 times.');
  await expect(form.node.getByLabel('Name')).toHaveValue(/^kept-/);
  await form.node.getByRole('button', { name: 'Not now' }).click();
  await expect(form.node).toBeHidden();
});

test('files of the file browser are added from its menu, folders too', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openHomeDirectory();
  const browser = page.locator('#filebrowser');
  const choose = async (item: string) => {
    await browser
      .locator('.jp-DirListing-item', { hasText: item })
      .click({ button: 'right' });
    await page
      .locator('.lm-Menu')
      .getByRole('menuitem', { name: 'Add to miStudio as Dataset' })
      .click();
  };
  await choose(SHELF);
  const row = datasets.row(SHELF);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('7 samples');

  // Where it is not plain what the text is, it asks.
  await page.sidebar.openTab('filebrowser');
  await choose(POEMS);
  const form = new AddDocument(page);
  await expect(form.path).toHaveValue(POEMS);
  await expect(form.look.getByRole('alert')).toBeVisible();
  await api.clear(SHELF);
});

test('a file dropped on the panel is uploaded and read', async ({ studio }) => {
  const { datasets } = studio;
  const name = studio.name('dropped');
  await datasets.drop(`${name}.txt`, 'One line.\nAnother line.\nA third.\n');
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('3 samples');

  // A file that cannot be read stays in the panel with the reason.
  await datasets.drop(`${name}.pdf`, 'a,b\n1,2\n');
  const refused = datasets.row(`${name}.pdf`);
  await expect(datasets.chip(refused)).toHaveText('failed');
  await expect(datasets.facts(refused)).toContainText('is not read here');
  await datasets.press(refused, 'Dismiss');
  await expect(refused).toHaveCount(0);
});

test('a packed file is read at once, a table with two texts asks', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  const file = (name: string) =>
    readFileSync(path.join(serverRoot, 'files', name));
  const packed = studio.name('packed');
  await datasets.drop(`${packed}.txt.zst`, file(ZIPPED));
  const row = datasets.row(packed);
  await expect(datasets.chip(row)).toHaveText('ready');
  await expect(datasets.facts(row)).toContainText('2 samples');

  const tales = studio.name('tales');
  await datasets.drop(`${tales}.parquet`, file(TALES));
  const form = new AddDocument(page);
  await expect(form.node).toContainText(`Uploaded: ${tales}.parquet`);
  const waiting = datasets.row(`${tales}.parquet`);
  await expect(datasets.chip(waiting)).toContainText('asks');
  await form.column('story').check();
  await expect(form.samples.first()).toContainText('Tale 0.');
  await form.button.click();
  await expect(datasets.chip(datasets.row(tales))).toHaveText('ready');
  await expect(waiting).toHaveCount(0);
  const [dataset] = await api.find(tales);
  expect(dataset.facts?.samples).toBe(7);
});
