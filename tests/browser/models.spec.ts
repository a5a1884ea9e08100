import { PATIENCE } from './support/api';
import { DEMO_MODEL } from './support/places';
import { picture } from './support/stage';
import { expect, test } from './support/test';

/** As the test server's own hub knows it. */
const TOKEN = 'hf_aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA2c';

test.beforeEach(async ({ studio }) => {
  await studio.models.open();
});

test('a model of a folder is linked, in the precision that was asked for', async ({
  studio
}) => {
  const { api, models } = studio;
  const name = studio.name('linked');
  const dialog = await models.add('From a Folder');
  await dialog.getByLabel('Folder', { exact: true }).fill(DEMO_MODEL);
  await dialog.getByLabel('Precision').selectOption({ label: 'bfloat16' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = models.row(name);
  await expect(models.chip(row)).toHaveText('ready', { timeout: PATIENCE });
  await expect(row).toContainText('bf16');
  await expect(models.facts(row)).toContainText(/params · 4 layers · d 128/);
  const [model] = await api.findModels(name);
  expect(model.linked).toBe(true);
  expect(model.precision).toBe('bfloat16');
});

test('a folder without a model is refused in the form', async ({ studio }) => {
  const dialog = await studio.models.add('From a Folder');
  await dialog.getByLabel('Folder', { exact: true }).fill('tokenizer');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('config.json');
  await expect(dialog.getByLabel('Folder', { exact: true })).toHaveValue(
    'tokenizer'
  );
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('a folder is chosen in JupyterLab’s own browser', async ({ studio }) => {
  const { dialog, models, page } = studio;
  await models.add('From a Folder');
  await dialog.getByLabel('Name').fill('kept');
  await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(dialog).toContainText('Choose the folder of a model');
  // The browser begins in a test's own folder.
  const crumb = dialog.locator('.jp-BreadCrumbs-home');
  await crumb.click();
  await dialog
    .locator('.jp-DirListing-item', { hasText: 'demo-llama' })
    .click();
  await dialog.getByRole('button', { name: 'Select' }).click();
  await expect(dialog.getByLabel('Folder', { exact: true })).toHaveValue(
    'demo-llama'
  );
  await expect(dialog.getByLabel('Name')).toHaveValue('kept');
  await page.keyboard.press('Escape');
});

test('a model of the hub comes with its size before and its progress meanwhile', async ({
  studio
}) => {
  const { api, models } = studio;
  const name = studio.name('hub');
  const dialog = await models.add('From the Hub…');
  await dialog.getByLabel('Model of the hub').fill('org/demo-llama');
  await dialog.getByRole('button', { name: 'Look how large it is' }).click();
  await expect(dialog).toContainText(/6 files of 2\.36 MB in all/);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = models.row(name);
  await expect(models.chip(row)).toHaveText(/%/);
  await expect(models.progress(row)).toBeVisible();
  await expect(models.facts(row)).toContainText(/MB.* left .*\/s/);
  await models.press(row, 'Pause');
  await expect(models.chip(row)).toHaveText('paused');
  await models.press(row, 'Resume');
  await expect(models.chip(row)).toHaveText('ready', { timeout: 60_000 });
  const [model] = await api.findModels(name);
  expect(model.source.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(model.linked).toBe(false);
});

test('a gated model says what to do, and comes with a token', async ({
  studio
}) => {
  const { models } = studio;
  const name = studio.name('gated');
  const dialog = await models.add('From the Hub…');
  await dialog.getByLabel('Model of the hub').fill('org/closed-llama');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const refusal = dialog.getByRole('alert');
  await expect(refusal).toContainText('org/closed-llama');
  await expect(refusal).toContainText('token');
  await dialog.getByLabel('New token').fill(TOKEN);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(models.chip(models.row(name))).toHaveText('ready');

  await models.add('From the Hub…');
  await dialog.getByRole('button', { name: 'Forget the token' }).click();
  await expect(dialog).toContainText('There is no token');
  await dialog.getByLabel('Model of the hub').fill('org/none');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert').first()).toContainText('org/none');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('the architecture is drawn, and each hook point explained', async ({
  studio,
  page
}) => {
  const { api, models } = studio;
  const model = await api.model(studio.name('drawn'), { precision: 'float32' });
  await models.rowOf(model.id).dblclick();
  const document = studio.model(model.id);
  await expect(document.body).toContainText('Unembedding');
  await expect(document.hook(0, 'resid_pre')).toBeVisible({ timeout: 45_000 });
  await document.hook(2, 'resid_post').click();
  await expect(document.body).toContainText('layers.2.resid_post');
  await page.keyboard.press('ArrowUp');
  await expect(document.hook(1, 'resid_post')).toBeFocused();
  await expect(document.body).toContainText('layers.1.resid_post');
});

test('it writes, and says how fast and in how much memory', async ({
  studio
}) => {
  const { api } = studio;
  const model = await api.model(studio.name('written'), {
    precision: 'float32'
  });
  const document = studio.model(model.id);
  await document.open('try');
  await document.body.getByLabel('Prompt').fill('The rain');
  await document.body.getByLabel('New tokens').fill('5');
  await document.body.getByRole('button', { name: 'Write' }).click();
  const figures = document.body.getByLabel('How it was written');
  await expect(figures).toContainText('new tokens5', { timeout: 60_000 });
  await expect(figures).toContainText('cpu');
  await expect(figures).toContainText('float32');
  await expect(document.body.locator('.jp-mistudio-Try-text')).not.toBeEmpty();
});

test('renamed and deleted by keyboard, with a statement', async ({
  studio,
  page
}) => {
  const { api, dialog, models } = studio;
  const model = await api.model(studio.name('typed'), { precision: 'float32' });
  await studio.execute('mistudio:refresh-models');
  const row = models.rowOf(model.id);
  await row.focus();
  await page.keyboard.press('F2');
  await expect(models.node.getByLabel(/^New name of/)).toBeFocused();
  const renamed = studio.name('renamed');
  await page.keyboard.type(renamed);
  await page.keyboard.press('Enter');
  await expect(models.row(renamed)).toBeFocused();

  await page.keyboard.press('Delete');
  await expect(dialog).toContainText(renamed);
  await expect(dialog).toContainText('stay');
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row).toHaveCount(0);
  expect(await api.findModels(renamed)).toEqual([]);
});

test('a model is dragged into a notebook', async ({ studio }) => {
  const { api, models, notebook } = studio;
  const model = await api.model(studio.name('carried'), {
    precision: 'float32'
  });
  await notebook.open('');
  await models.open();
  await notebook.dropOnLine(models.name(models.rowOf(model.id)), 0);
  await expect
    .poll(() => notebook.source(0))
    .toContain(`ms.model("${model.id}")`);
});

test('a dataset is cut with the tokenizer of a model', async ({ studio }) => {
  const { api } = studio;
  const name = studio.name('cut');
  const model = await api.model(studio.name('cutter'), {
    precision: 'float32'
  });
  const dataset = await api.texts(name, ['The rain fell over the valley.']);
  const document = studio.document(dataset.id);
  await document.open(dataset.id);
  await document.tab('Tokenizations').click();
  await document.body
    .getByRole('button', { name: 'New tokenization' })
    .first()
    .click();
  const form = document.node.getByRole('form', { name: 'New tokenization' });
  await form.getByLabel('Whose tokenizer').selectOption(model.id);
  await form.getByLabel('Length').fill('2');
  await form.getByRole('button', { name: 'Tokenize', exact: true }).click();
  await expect(
    document.chip(document.node.locator('.jp-mistudio-Row'))
  ).toHaveText('ready', { timeout: 45_000 });
});

test('models in both themes, narrow and wide @pictures', async ({
  studio,
  page
}) => {
  test.setTimeout(300_000);
  const { api, models, dialog } = studio;
  const model = await api.model(studio.name('demo-llama'));
  await api.model(studio.name('demo-llama-nf4'), { precision: 'nf4' });
  const document = studio.model(model.id);
  for (const theme of ['Light', 'Dark']) {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    const shot = (place: string) =>
      picture(page, `models-${theme.toLowerCase()}-${place}`);
    await page.sidebar.setWidth(290, 'left');
    await document.open('architecture');
    await document.hook(2, 'resid_post').click({ timeout: 45_000 });
    await models.rowOf(model.id).hover();
    await shot('1-architecture');
    await document.open('about');
    await expect(document.body).toContainText('fits', { timeout: 45_000 });
    await shot('2-about');
    await document.open('try');
    await document.body.getByLabel('Prompt').fill('The rain');
    await document.body.getByRole('button', { name: 'Write' }).click();
    await expect(document.body.getByLabel('How it was written')).toBeVisible({
      timeout: 60_000
    });
    await shot('3-try');
    await document.open('captures');
    await shot('4-captures');
    await models.add('From the Hub…');
    await expect(dialog.getByLabel('Model of the hub')).toBeVisible();
    await shot('5-hub');
    await page.keyboard.press('Escape');
    await models.add('From a Folder');
    await expect(dialog.getByLabel('Folder', { exact: true })).toBeVisible();
    await shot('6-folder');
    await page.keyboard.press('Escape');
    await models.add('Cache');
    await shot('7-cache');
    await page.keyboard.press('Escape');
    await document.open('architecture');
    await page.sidebar.setWidth(220, 'left');
    await models.rowOf(model.id).hover();
    await shot('8-narrow');
    // A document as narrow as a sidebar.
    await page.setViewportSize({ width: 620, height: 800 });
    await shot('9-narrow-document');
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});
