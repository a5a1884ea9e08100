import { PATIENCE } from './support/api';
import { MANY } from './support/places';
import { expect, test } from './support/test';

const HOSTILE = [
  '<p onclick="alert(1)">The   rain\u200b fell.</p>',
  '<script>alert(1)</script>',
  'The storm gathered.',
  'The storm gathered.',
  '\u202eReversed, and =1+1'
];

test('rules are tried before anything is done, and make a new dataset', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  const dataset = await api.texts(studio.name('dirty'), HOSTILE);
  const row = datasets.row(dataset.name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await datasets.choose(row, 'Clean Dataset…');
  const document = studio.document(dataset.id);
  const { body } = document;
  const status = body.getByRole('status');
  await expect(status).toHaveText('Choose a rule to see what it would do.');

  await body.getByLabel('Strip HTML').check();
  await body.getByLabel('Strip control characters').check();
  await body.getByLabel('Drop duplicates').check();
  await expect(status).toContainText(
    'Of 5 samples from all over the dataset, 2 would be changed and 2 dropped.',
    { timeout: PATIENCE }
  );
  const first = body.locator('.jp-mistudio-Cleaned').first();
  await expect(first.locator('del').first()).toContainText('onclick');
  await expect(
    first.locator('del').filter({ hasText: 'U+200B' })
  ).toBeVisible();
  await expect(first.getByRole('group', { name: 'After' })).toHaveText(
    'The   rain fell.'
  );
  await expect(
    body.locator('.jp-mistudio-Cleaned[data-dropped="true"]')
  ).toHaveCount(2);
  await expect(body.getByRole('table', { name: 'Rules' })).toContainText(
    'Duplicate01'
  );

  // What is wrong with a pattern stands at its field.
  await body.getByLabel('Drop by pattern').fill('(');
  await expect(body.getByRole('alert')).toBeVisible({ timeout: PATIENCE });
  await body.getByLabel('Drop by pattern').fill('');
  await expect(body.getByRole('alert')).toHaveCount(0);

  const name = studio.name('clean');
  await body.getByLabel('Name').fill(name);
  await body.getByRole('button', { name: 'Make the cleaned dataset' }).click();
  await expect(page.locator('.lm-TabBar-tab.jp-mod-current')).toContainText([
    name
  ]);
  const [made] = await api.find(name);
  const cleaned = studio.document(made.id);
  await expect(cleaned.samples.getByRole('option')).toHaveCount(3, {
    timeout: PATIENCE
  });
  await expect(cleaned.samples.getByRole('option').first()).toContainText(
    'The rain fell.'
  );
  await expect(cleaned.samples.getByRole('option').nth(2)).toContainText(
    'Reversed, and =1+1'
  );
  await cleaned.tab('About').click();
  await expect(cleaned.body).toContainText(`Made of${dataset.name}`);
  await expect(
    cleaned.body.getByRole('table', { name: 'Rules' })
  ).toContainText('HTML stripped');
  await cleaned.body.getByRole('button', { name: dataset.name }).click();
  await expect(document.node).toBeVisible();
});

test('a dataset is shuffled and split, with the counts told before', async ({
  studio
}) => {
  const { api, datasets } = studio;
  const dataset = await api.file(studio.name('many'), MANY);
  const row = datasets.row(dataset.name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await datasets.choose(row, 'Shuffle and Split Dataset…');
  const { body } = studio.document(dataset.id);
  await body.getByLabel('Validation share').fill('0.1');
  await body.getByLabel('Test share').fill('0.05');
  await body.getByLabel('At most').fill('1000');
  const told = body.getByRole('table', { name: 'What it will hold' });
  await expect(told).toContainText('train85085 %');
  await expect(told).toContainText('validation10010 %');
  await expect(told).toContainText('test505 %');
  const name = studio.name('shuffled');
  await body.getByLabel('Name').fill(name);
  await body.getByRole('button', { name: 'Make the new dataset' }).click();
  await expect.poll(async () => (await api.find(name)).length).toBe(1);
  const [made] = await api.find(name);
  const document = studio.document(made.id);
  await expect(document.samples.getByRole('option').first()).toBeVisible({
    timeout: PATIENCE
  });
  expect((await api.dataset(made.id)).facts!.splits).toEqual({
    train: 850,
    validation: 100,
    test: 50
  });
  await expect(document.samples.getByRole('option').first()).not.toContainText(
    'Sample 0:'
  );
});
