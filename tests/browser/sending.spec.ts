import { PATIENCE } from './support/api';
import { expect, test } from './support/test';

const SLEEP = 'import time\ntime.sleep(8)\nprint("done")';

test('to a free kernel: a free name, at once', async ({ studio }) => {
  const { api, datasets, notebook, toasts } = studio;
  const { name } = await api.texts('Free Rain ' + studio.name('x'), [
    'A.',
    'B.'
  ]);
  const variable = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  await notebook.open(
    `print(len(${variable}))`,
    `print(len(${variable}_2), ${variable}_2 is not ${variable})`
  );
  const row = datasets.row(name);
  await datasets.press(row, 'Send to Kernel');
  await expect(toasts.filter({ hasText: `is now ${variable} in` })).toBeVisible(
    {
      timeout: PATIENCE
    }
  );
  // The name is taken now: the next free one, and nothing is overwritten.
  await datasets.press(row, 'Send to Kernel');
  await expect(
    toasts.filter({ hasText: `is now ${variable}_2 in` })
  ).toBeVisible({ timeout: PATIENCE });
  await notebook.runAll();
  await expect(notebook.output(0)).toHaveText('2');
  await expect(notebook.output(1)).toHaveText('2 True');
  // Nothing of ours counts as a cell.
  await expect(notebook.prompt(0)).toHaveText('[1]:');
});

test('to a busy kernel: it arrives while the cell still runs', async ({
  studio
}) => {
  const { api, datasets, notebook, toasts } = studio;
  const { name } = await api.texts(studio.name('busy'), ['A.', 'B.']);
  const variable = name.replace(/-/g, '_');
  await notebook.open(SLEEP, `print(len(${variable}))`);
  await notebook.run(0);
  await notebook.busy();
  await datasets.press(datasets.row(name), 'Send to Kernel');
  await expect(
    toasts.filter({ hasText: `is now ${variable} in` })
  ).toBeVisible();
  await expect(notebook.output(0)).toHaveCount(0);
  await notebook.run(1);
  await expect(notebook.output(1)).toHaveText('2', { timeout: PATIENCE });
});

test('without subshells it says that it waits, and then arrives', async ({
  studio
}) => {
  const { api, datasets, notebook, toasts } = studio;
  const { name } = await api.texts(studio.name('waits'), ['A.']);
  const variable = name.replace(/-/g, '_');
  await notebook.open('import time\ntime.sleep(4)', `print(len(${variable}))`);
  await notebook.withoutSubshells();
  await notebook.run(0);
  await notebook.busy();
  await datasets.press(datasets.row(name), 'Send to Kernel');
  await expect(
    toasts.filter({ hasText: 'This waits until it is done.' })
  ).toBeVisible();
  await expect(toasts.filter({ hasText: `is now ${variable} in` })).toBeVisible(
    {
      timeout: PATIENCE
    }
  );
  await notebook.run(1);
  await expect(notebook.output(1)).toHaveText('1', { timeout: PATIENCE });
});

test('without a kernel it says so', async ({ studio }) => {
  const { api, datasets, notebook } = studio;
  const { name } = await api.texts(studio.name('nowhere'), ['A.']);
  const row = datasets.row(name);
  await row.hover();
  await expect(
    row.getByRole('button', {
      name: 'Send to Kernel: Open a notebook or a console first.'
    })
  ).toHaveAttribute('aria-disabled', 'true');

  await notebook.open('');
  await notebook.shutdown();
  await row.hover();
  await expect(
    row.getByRole('button', { name: /Send to Kernel: .* has no kernel/ })
  ).toHaveAttribute('aria-disabled', 'true');
});
