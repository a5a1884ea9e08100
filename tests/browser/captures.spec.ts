import { PATIENCE, type Tokenization } from './support/api';
import { CaptureDocument, NewCapture } from './support/captures';
import { DEMO_MODEL, MANY, STORIES } from './support/places';
import { picture } from './support/stage';
import { expect, test, type Studio } from './support/test';

interface IMade {
  model: string;
  tokenization: Tokenization;
}

/** The demo model, and stories cut by its own tokenizer. */
async function prepare(studio: Studio, text = STORIES): Promise<IMade> {
  const { api } = studio;
  const model = await api.model(studio.name('llama'));
  const dataset = await api.file(studio.name('stories'), text);
  const tokenization = await api.tokenized(dataset.id, {
    tokenizer: DEMO_MODEL,
    name: studio.name('blocks'),
    max_length: 32
  });
  return { model: model.id, tokenization };
}

test('a capture is chosen by keyboard, estimated, made and looked at', async ({
  studio,
  page
}) => {
  test.slow();
  const { model, tokenization } = await prepare(studio);
  await studio.execute('mistudio:new-capture', { model });
  const making = new NewCapture(page);
  await expect(
    making.source(`${studio.name('stories')}: ${tokenization.name}`)
  ).toBeChecked();

  // What the server would take is ticked, once it is known where the model can be read.
  await expect(making.grid).toBeVisible({ timeout: 2 * PATIENCE });
  await expect(making.box('Layer 2, resid_post')).toBeChecked();
  await expect(making.figure('Hook points')).toHaveText('1');
  await expect(making.estimate).toContainText(/Disk.* of .* free/);
  await expect(making.reason).toHaveText('');

  // The two last layers of two kinds, by keyboard alone.
  await making.box('Layer 2, resid_post').focus();
  await page.keyboard.press('Space');
  await expect(making.reason).toHaveText('Tick at least one hook point.');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(making.box('Layer 3, resid_post')).toBeFocused();
  await expect(making.box('Layer 3, resid_post')).toBeChecked();
  await page.keyboard.press('Home');
  await expect(making.box('All of layer 3')).toBeFocused();
  await making.node.getByLabel('Layers of mlp_out').fill('1-2');
  await expect(making.box('Layer 1, mlp_out')).toBeChecked();
  await expect(making.figure('Hook points')).toHaveText('4');

  await page.theme.setLightTheme();
  await picture(page, 'captures-new-light');
  await page.theme.setDarkTheme();
  await picture(page, 'captures-new-dark');
  await page.sidebar.setWidth(820, 'left');
  await picture(page, 'captures-new-narrow');
  await page.sidebar.setWidth(290, 'left');

  await making.start.click();
  const [made] = await studio.api.capturesOf(model);
  const document = new CaptureDocument(page, made.id);
  await expect(document.node).toBeVisible();
  const table = document.body.getByRole('table', {
    name: 'Statistics of each hook point'
  });
  await expect(table.locator('tbody tr')).toHaveCount(4, {
    timeout: 2 * PATIENCE
  });
  await expect(document.body.locator('.jp-mistudio-Chart')).toBeVisible();
  await picture(page, 'captures-statistics-dark');

  await document.tab('Vectors').click();
  const first = document.vectors.getByRole('option').first();
  await expect(first).toContainText('#0', { timeout: PATIENCE });
  await document.vectors.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(
    document.node.getByRole('region', { name: 'Vector 1' })
  ).toBeVisible();
  await picture(page, 'captures-vectors-dark');
  await page.sidebar.setWidth(820, 'left');
  await picture(page, 'captures-vectors-narrow');
  await page.sidebar.setWidth(290, 'left');
  await document.node.getByRole('button', { name: 'Only this sample' }).click();
  await expect(document.node.getByLabel('Only sample')).toHaveValue('0');

  await document.tab('About').click();
  await expect(document.body).toContainText(made.fingerprint);
  await expect(
    document.body.getByRole('button', { name: studio.name('llama') })
  ).toBeVisible();
  await page.theme.setLightTheme();
  await picture(page, 'captures-about-light');

  // It is opened again with the layout, where it was.
  await studio.remembered(`"id":"${made.id}","tab":"about"`);
  await page.reload();
  await expect(document.tab('About')).toHaveAttribute('aria-selected', 'true', {
    timeout: PATIENCE
  });
});

test('a capture shows how far it is, rests, and goes on', async ({
  studio,
  page
}) => {
  test.slow();
  const { model } = await prepare(studio, MANY);
  await studio.execute('mistudio:new-capture', { model });
  const making = new NewCapture(page);
  await expect(making.grid).toBeVisible({ timeout: 2 * PATIENCE });
  await making.box('resid_post of all layers').click();
  await expect(making.figure('Hook points')).toHaveText('4');
  await making.start.click();
  await expect(making.node).toHaveCount(0);
  const [made] = await studio.api.capturesOf(model);
  const document = new CaptureDocument(page, made.id);
  await expect(document.node.getByRole('progressbar')).toBeVisible();
  await expect(document.head).toContainText(
    /Capturing · [\d,]+\/[\d,]+.*left.*tokens\/s.*batch size 8/,
    { timeout: 2 * PATIENCE }
  );
  await picture(page, 'captures-working-light');
  await document.head.getByRole('button', { name: 'Pause' }).click();
  await expect(document.head).toContainText('paused', { timeout: PATIENCE });
  // Its row is under its model.
  await studio.models.open();
  await expect(studio.models.rowOf(made.id)).toContainText('paused');
  await document.head.getByRole('button', { name: 'Resume' }).click();
  await expect(document.head).not.toContainText('paused', {
    timeout: PATIENCE
  });
  await document.head.getByRole('button', { name: 'Cancel' }).click();
  await studio.dialog.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(document.head).toContainText('cancelled', {
    timeout: PATIENCE
  });
});

test('an equal capture is offered, and deleting says what goes', async ({
  studio,
  page
}) => {
  test.slow();
  const { dialog } = studio;
  const { model, tokenization } = await prepare(studio);
  const made = await studio.api.captured(model, tokenization.id);
  await studio.execute('mistudio:new-capture', { model });
  const making = new NewCapture(page);
  const open = making.estimate.getByRole('button', { name: 'Open it' });
  await expect(open).toBeVisible({ timeout: 2 * PATIENCE });
  await open.click();
  const document = new CaptureDocument(page, made.id);
  await expect(document.node).toBeVisible();

  // The command ends with its dialog.
  const kept = studio.execute('mistudio:delete-capture', { id: made.id });
  await expect(dialog).toContainText(made.name);
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Enter');
  await kept;
  await expect(dialog).toBeHidden();
  expect(await studio.api.capturesOf(model)).toHaveLength(1);
  const deleted = studio.execute('mistudio:delete-capture', { id: made.id });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await deleted;
  await expect(document.node).toHaveCount(0);
  expect(await studio.api.capturesOf(model)).toEqual([]);
});
