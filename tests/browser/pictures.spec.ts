import * as path from 'node:path';
import { POEMS } from './support/places';
import { clearStage, picture, setStage, type IStage } from './support/stage';
import { expect, test, type Studio } from './support/test';

const THEMES = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  contrast: 'JupyterLab Dark High Contrast'
};

test.afterEach(async ({ studio }) => {
  await clearStage(studio);
});

test('every place, in every theme @pictures', async ({ studio, page }) => {
  test.setTimeout(400_000);
  const stage = await setStage(studio);
  await studio.notebook.open('');
  await studio.notebook.dropOnLine(
    studio.datasets.name(studio.datasets.rowOf(stage.stories.id)),
    0
  );
  await studio.notebook.set(0, `${await studio.notebook.source(0)}\nstories`);
  await studio.notebook.run(0);
  await expect(studio.notebook.output(0)).toContainText('stories');
  await page.sidebar.setWidth(290, 'left');
  for (const [short, theme] of Object.entries(THEMES)) {
    await page.theme.setTheme(theme);
    await allPlaces(studio, stage, short);
  }

  await page.theme.setTheme(THEMES.light);
  await page.sidebar.setWidth(220, 'left');
  await studio.jobs.open();
  await page.sidebar.setWidth(220, 'right');
  await studio.datasets.rowOf(stage.stories.id).hover();
  await picture(page, 'narrow');
  await page.sidebar.setWidth(480, 'left');
  await studio.datasets.rowOf(stage.blocks.id).hover();
  await picture(page, 'wide');
});

/** JupyterLab with miStudio at work, for the README; written by `npm run pictures`. */
test('the picture of the README @pictures', async ({ studio, page }) => {
  test.setTimeout(200_000);
  const { stories, blocks } = await setStage(studio);
  const { datasets, notebook } = studio;
  await notebook.open('', 'stories[3]');
  await notebook.dropOnLine(datasets.name(datasets.rowOf(stories.id)), 0);
  await notebook.runAll();
  await expect(notebook.output(1)).toContainText('Story 3');
  await page.sidebar.setWidth(300, 'left');
  const document = studio.document(stories.id);
  await document.open(stories.id);
  await studio.execute('mistudio:open-dataset', { id: stories.id });
  await beside(studio, stories.id);
  await document.samples.getByRole('option').nth(3).click();
  await document.sample
    .getByLabel('Show as')
    .selectOption({ label: `tokens: ${blocks.name}` });
  await expect(document.tokens.first()).toBeVisible({ timeout: 45_000 });
  await datasets.rowOf(stories.id).click();
  await page.mouse.move(640, 790);
  await expect(studio.toasts).toHaveCount(0, { timeout: 30_000 });
  const forReadme = process.env.MISTUDIO_PICTURES;
  await picture(
    page,
    'datasets',
    forReadme ? path.resolve(__dirname, '../../docs/images') : undefined
  );
});

/** Put the document below the notebook. */
async function beside(studio: Studio, id: string): Promise<void> {
  await studio.page.evaluate(document => {
    const { shell } = window.jupyterapp;
    const widgets = [...shell.widgets('main')];
    const moved = widgets.find(
      each => each.id === `mistudio-dataset-${document}`
    )!;
    const notebook = widgets.find(each => each.hasClass('jp-NotebookPanel'))!;
    shell.add(moved, 'main', { mode: 'split-bottom', ref: notebook.id });
  }, id);
}

async function allPlaces(
  studio: Studio,
  { stories, blocks, notes }: IStage,
  theme: string
): Promise<void> {
  const { datasets, dialog, jobs, notebook, page } = studio;
  const shot = (place: string) => picture(page, `${theme}-${place}`);
  await jobs.open();
  await page.sidebar.setWidth(300, 'right');

  await notebook.activate();
  await datasets.rowOf(stories.id).hover();
  await shot('1-notebook');

  const document = studio.document(stories.id);
  await document.open(stories.id);
  await document.tab('Samples').click();
  await document.samples.getByRole('option').nth(2).click();
  await expect(document.sample).toContainText('Story 2.');
  await shot('2-samples');

  await document.tab('Tokenizations').click();
  await datasets.rowOf(blocks.id).dblclick();
  await expect(document.body).toContainText('Fingerprint');
  await shot('3-tokenizations');
  await document.body.getByRole('button', { name: 'New tokenization' }).click();
  const form = document.node.getByRole('form');
  await form.getByLabel('Length').fill('-1');
  await expect(form.getByRole('alert')).toBeVisible();
  await shot('4-form');
  await form.getByRole('button', { name: 'Not now' }).click();

  await document.tab('Preview').click();
  const text = document.body.getByLabel('Text', { exact: true });
  await text.fill('The rain fell\n\tover the valley: naïve 😀 日本語 café.');
  await document.body.getByRole('button', { name: 'Show tokens' }).click();
  await expect(document.tokens.first()).toBeVisible({ timeout: 45_000 });
  await document.tokens.nth(4).hover();
  await shot('5-preview');

  await document.tab('About').click();
  await expect(document.body).toContainText('Fingerprint');
  await shot('6-about');

  const [{ job }] = await studio.api.tokenizationsOf(notes.id);
  const row = jobs.rowOf(job!.id);
  await row.click();
  await row.press('ArrowRight');
  await row.dblclick();
  await expect(jobs.log).toContainText('Tokenize field notes');
  await shot('7-log');
  await row.press('ArrowLeft');

  await datasets.add('Paste Texts');
  await expect(dialog.getByLabel('Texts')).toBeVisible();
  await shot('8-paste');
  await page.keyboard.press('Escape');
  const adding = await datasets.addPath(POEMS);
  await adding.column('body').check();
  await adding.column('title').check();
  await expect(adding.samples.first()).toContainText('Poem 0');
  await shot('9-path');
  await adding.node.getByRole('button', { name: 'Not now' }).click();
  await datasets.choose(datasets.rowOf(stories.id), 'Delete Datasets…');
  await expect(dialog).toContainText(blocks.name);
  await shot('10-delete');
  await dialog.getByRole('button', { name: 'Keep' }).click();
}
