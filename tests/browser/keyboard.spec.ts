import { TOKENIZER } from './support/places';
import { expect, test } from './support/test';

test('everything by keyboard alone', async ({ studio, page }) => {
  test.slow();
  const { api, datasets, dialog, notebook } = studio;
  const { keyboard } = page;
  const name = studio.name('typed');
  await notebook.open('');

  // Open the panel.
  await studio.page.sidebar.close('left');
  await expect(datasets.node).toBeHidden();
  await keyboard.press('Control+Alt+d');
  await expect(datasets.node).toBeVisible();
  // Its first control has the focus, or is one Tab away.
  const add = datasets.node.getByRole('button', { name: 'Add' });
  await reach(() => keyboard.press('Tab'), add);

  // Add.
  await keyboard.press('Enter');
  const menu = page.locator('.lm-Menu');
  await expect(menu).toBeVisible();
  await reachItem('Paste Texts as Dataset…');
  await keyboard.press('Enter');
  await expect(dialog.getByLabel('Texts')).toBeFocused();
  await keyboard.type('The rain fell.\nThe fox jumped.');
  await reach(() => keyboard.press('Tab'), dialog.getByLabel('Name'));
  await keyboard.type(name);
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  // Reach the row.
  const row = datasets.row(name);
  await expect(datasets.chip(row)).toHaveText('ready');
  await keyboard.press('Control+Alt+d');
  await reach(
    () => keyboard.press('Tab'),
    datasets.node.locator('.jp-mistudio-Row[tabindex="0"]')
  );
  await keyboard.press('Home');
  await reach(() => keyboard.press('ArrowDown'), row);
  const [{ id }] = await api.find(name);

  // Open the document, and its tabs.
  await keyboard.press('Enter');
  const document = studio.document(id);
  await expect(document.node).toBeVisible();
  await reach(() => keyboard.press('Tab'), document.tab('Samples'));
  await keyboard.press('ArrowRight');
  await expect(document.tab('Tokenizations')).toBeFocused();
  await expect(document.body).toContainText('It is not tokenized yet.');
  const begin = document.body.getByRole('button', { name: 'New tokenization' });
  await reach(() => keyboard.press('Tab'), begin);
  await keyboard.press('Enter');
  await reach(
    () => keyboard.press('Tab'),
    document.body.getByLabel(/^Tokenizer/)
  );
  await keyboard.type(TOKENIZER);
  await reach(() => keyboard.press('Tab'), document.body.getByLabel('Length'));
  await keyboard.press('Control+a');
  await keyboard.type('2');
  await keyboard.press('Enter');
  const made = document.node.locator('.jp-mistudio-Row');
  await expect(document.chip(made)).toHaveText('ready', { timeout: 45_000 });

  // Rename, from the menu of the row.
  await keyboard.press('Control+Alt+d');
  await reach(
    () => keyboard.press('Tab'),
    datasets.node.locator('.jp-mistudio-Row[tabindex="0"]')
  );
  await keyboard.press('Home');
  await reach(() => keyboard.press('ArrowDown'), row);
  await keyboard.press('ContextMenu');
  await expect(menu.first()).toBeVisible();
  await reachItem('Rename Dataset…');
  await keyboard.press('Enter');
  const renamed = studio.name('renamed');
  await expect(datasets.node.getByLabel(/^New name of/)).toBeFocused();
  await keyboard.type(renamed);
  await keyboard.press('Enter');
  const after = datasets.row(renamed);
  await expect(after).toBeFocused();

  // Into the notebook that was used last.
  await keyboard.press('Control+Enter');
  await expect.poll(() => notebook.source(0)).toContain(`dataset("${id}")`);

  // Delete; the safe button has the focus.
  await expect(after).toBeFocused();
  await keyboard.press('Delete');
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
  await reach(
    () => keyboard.press('Tab'),
    dialog.getByRole('button', { name: 'Delete', exact: true })
  );
  await keyboard.press('Enter');
  await expect(after).toHaveCount(0);
  expect(await api.find(renamed)).toEqual([]);

  /** Press a key until this has the focus. */
  async function reach(
    step: () => Promise<void>,
    target: ReturnType<typeof page.locator>
  ): Promise<void> {
    await expect(async () => {
      const focused = await target.evaluate(
        node => node === node.ownerDocument.activeElement
      );
      if (!focused) {
        await step();
      }
      await expect(target).toBeFocused({ timeout: 50 });
    }).toPass({ intervals: [0], timeout: 20_000 });
  }

  async function reachItem(label: string): Promise<void> {
    await expect(async () => {
      const active = page.locator('.lm-Menu-item.lm-mod-active');
      if (
        (await active.count()) === 0 ||
        (await active.textContent())?.includes(label) === false
      ) {
        await keyboard.press('ArrowDown');
      }
      await expect(active).toContainText(label, { timeout: 50 });
    }).toPass({ intervals: [0], timeout: 20_000 });
  }
});
