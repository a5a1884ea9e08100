import { expect, test } from './support/test';

test('settings stand in the editor and take effect', async ({
  studio,
  page
}) => {
  await studio.execute('settingeditor:open', { query: 'miStudio' });
  const list = page.locator('.jp-PluginList');
  for (const title of ['miStudio', 'miStudio jobs', 'miStudio notifications']) {
    await expect(
      list.getByRole('tab', { name: title, exact: true })
    ).toBeVisible();
  }
  await list.getByRole('tab', { name: 'miStudio notifications' }).click();
  await page
    .locator('.jp-SettingsForm')
    .getByRole('combobox')
    .selectOption({ label: 'nothing' });
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const id = 'mistudio-labextension:job-notifications';
        const answer = await fetch(`/lab/api/settings/${id}`);
        return (await answer.json()).raw;
      })
    )
    .toContain('"none"');
});

test('commands stand in the palette and in the menus', async ({
  studio,
  page
}) => {
  const { api, datasets } = studio;
  const palette = page.locator('.lm-CommandPalette');
  // It closes when something else takes the focus, as the launcher may while the page still begins.
  await expect(async () => {
    await studio.execute('apputils:activate-command-palette');
    await palette.locator('input').fill('miStudio', { timeout: 2000 });
    for (const label of [
      'Show Datasets',
      'Paste Texts as Dataset…',
      'Refresh Datasets'
    ]) {
      await expect(
        palette.locator('.lm-CommandPalette-itemLabel', { hasText: label })
      ).toBeVisible({ timeout: 2000 });
    }
  }).toPass({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();

  await page.menu.open('View');
  for (const label of ['Show Datasets', 'Jobs']) {
    await expect(
      page.locator('.lm-Menu').getByRole('menuitem', { name: label }).first()
    ).toBeVisible();
  }
  await page.menu.closeAll();

  const dataset = await api.texts(studio.name('menu'), ['One.']);
  const row = datasets.rowOf(dataset.id);
  await row.click({ button: 'right' });
  const menu = page.locator('.lm-Menu');
  for (const label of [
    'Open Dataset',
    'Tokenize Dataset…',
    'Rename Dataset…',
    'Copy Id',
    'Insert into Notebook',
    'Send to Kernel',
    'Copy as Code',
    'Delete Datasets…'
  ]) {
    await expect(menu.getByRole('menuitem', { name: label })).toHaveCount(1);
  }
  await menu.getByRole('menuitem', { name: 'Copy as Code' }).click();
  await expect(row).toHaveAttribute('aria-selected', 'true');
});
