import { PATIENCE } from './support/api';
import { BIG, MANY } from './support/places';
import { expect, test } from './support/test';

test('a job is followed in panel, status bar and log, cancelled and tried again', async ({
  studio,
  page
}) => {
  test.slow();
  const { api, dialog, jobs } = studio;
  const dataset = await api.file(studio.name('big'), BIG);
  await jobs.open();
  const { object, job: id } = await api.tokenize(dataset.id, {
    max_length: 64
  });
  const row = jobs.rowOf(id!);
  await expect(jobs.name(row)).toHaveText(`Tokenize ${dataset.name}`);
  await expect(jobs.progress(row)).toHaveAttribute('aria-valuenow', /^[1-9]/, {
    timeout: PATIENCE
  });
  await expect(jobs.chip(row)).toHaveText(/\d+ %/);
  await expect(jobs.badge).toHaveAttribute('data-mistudio-badge', '1');
  await expect(jobs.status).toContainText(`Tokenize ${dataset.name}`);

  // Cancel asks first; nothing happens when one lets it be.
  await jobs.press(row, 'Cancel');
  await expect(dialog).toContainText(`Cancel “Tokenize ${dataset.name}”?`);
  await expect(dialog).toContainText('thrown away');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  expect((await api.job(id!)).state).toBe('running');

  await jobs.press(row, 'Pause');
  await expect(jobs.chip(row)).toHaveText('paused');
  await expect(jobs.status).toBeHidden();
  await expect(jobs.badge).toHaveCount(0);

  await jobs.press(row, 'Cancel');
  await dialog.getByRole('button', { name: 'Cancel and throw away' }).click();
  await expect(jobs.chip(row)).toHaveText('cancelled');

  // What there is to choose from follows what there is.
  await jobs.group('cancelled').click();
  await expect(row).toBeVisible();
  await jobs.filter.fill('no such words');
  await expect(jobs.node).toContainText('No job is like that.');
  await jobs.node.getByRole('button', { name: 'Show all jobs' }).click();
  await expect(row).toBeVisible();

  await jobs.press(row, 'Retry');
  await expect
    .poll(async () => (await api.tokenization(object)).job?.id)
    .not.toBe(id);
  const { job: again } = await api.tokenization(object);
  const second = jobs.rowOf(again!.id);
  await expect(second).toHaveAttribute('aria-selected', 'true');
  await second.dblclick();
  await expect(jobs.log).toContainText(`Tokenize ${dataset.name}`);
  await expect(jobs.log.locator('.jp-mistudio-LiveMark')).toHaveText('live');
  await page.keyboard.press('Escape');
  await jobs.press(second, 'Cancel');
  await dialog.getByRole('button', { name: 'Cancel and throw away' }).click();
  await expect(jobs.chip(second)).toHaveText('cancelled');
});

test('the end of a job is told, with a way to its object', async ({
  studio
}) => {
  const { api, jobs, toasts } = studio;
  // Told is what the page saw at work: so much that it is at work for a moment.
  const dataset = await api.file(studio.name('many'), MANY);
  await jobs.open();
  const { job: id } = await api.tokenize(dataset.id, { max_length: 64 });
  const toast = toasts.filter({ hasText: `Tokenize ${dataset.name}: done` });
  await expect(toast).toBeVisible({ timeout: PATIENCE });
  await expect(jobs.chip(jobs.rowOf(id!))).toHaveText('succeeded');
  await toast.getByRole('button', { name: 'Open' }).click();
  await expect(
    studio.document(dataset.id).tab('Tokenizations')
  ).toHaveAttribute('aria-selected', 'true');
  // A finished job has its log still.
  await jobs.choose(jobs.rowOf(id!), 'Open log');
  await expect(jobs.log.getByRole('log').or(jobs.log)).not.toHaveCount(0);
});
