import { PATIENCE, type Training } from './support/api';
import { DEMO_MODEL, LEARNED } from './support/places';
import { picture } from './support/stage';
import { expect, test, type Studio } from './support/test';
import {
  NewTraining,
  TrainingDocument,
  TrainingPanel
} from './support/training';

const STEPS = 40;

/** The demo model, and texts like its own cut by its own tokenizer, a tenth of them held out. */
async function prepare(studio: Studio): Promise<void> {
  const { api } = studio;
  await api.model(studio.name('llama'));
  const { id } = await api.file(studio.name('texts'), LEARNED);
  await api.tokenized(id, {
    tokenizer: DEMO_MODEL,
    name: studio.name('blocks'),
    max_length: 32,
    eval_share: 0.1
  });
}

/** As the document rounds it. */
function rounded(value: number): string {
  return new Intl.NumberFormat('en', {
    maximumSignificantDigits: 3,
    ...(value !== 0 && Math.abs(value) < 1e-3 && { notation: 'scientific' })
  }).format(value);
}

/** What was measured in the end, of the only SAE. */
function measuredOf({ facts }: Training): {
  fvu: number;
  l0: number;
  lossRecovered: number;
} {
  const { evaluation } = facts!.saes[0];
  const { fvu, l0, loss_recovered: lossRecovered } = evaluation!;
  return { fvu: fvu!, l0: l0!, lossRecovered: lossRecovered! };
}

test('SAEs learn from a model directly: chosen by keyboard, estimated, watched, and evaluated', async ({
  studio,
  page
}) => {
  test.setTimeout(300_000);
  const { keyboard } = page;
  await prepare(studio);
  const panel = new TrainingPanel(page);
  await panel.open();
  await panel.node
    .getByRole('button', { name: 'New', exact: true })
    .press('Enter');
  const making = new NewTraining(page);

  // Nothing is chosen, and so nothing begins.
  await expect(making.reason).toHaveText('Choose a capture.');
  await expect(making.estimate).toContainText('once it is chosen');
  await expect(making.start).toHaveAttribute('aria-disabled', 'true');
  await making.start.press('Enter');
  await making.choice('Captures').focus();
  await keyboard.press('ArrowDown');
  await expect(making.choice('A model, directly')).toBeChecked();
  await expect(making.reason).toHaveText('Choose a model.');
  await expect(making.node).toContainText('once a model is chosen');

  // The text that the model's own tokenizer cut is chosen with the model.
  await making.choice(studio.name('llama')).press('Space');
  await expect(
    making.choice(`${studio.name('texts')}: ${studio.name('blocks')}`)
  ).toBeChecked();

  // Where it is read: the middle, unless something else is ticked.
  const middle = making.point('Layer 2, resid_post');
  await expect(middle).toBeChecked({ timeout: 2 * PATIENCE });
  await middle.press('Space');
  await expect(making.reason).toHaveText('Tick at least one hook point.');
  await keyboard.press('Space');
  await keyboard.press('ArrowUp');
  await keyboard.press('Space');
  await expect(making.point('Layer 1, resid_post')).toBeChecked();
  await expect(making.saes.getByRole('listitem')).toHaveText([
    /layers\.1\.resid_post/,
    /layers\.2\.resid_post/
  ]);
  await keyboard.press('Space');
  await expect(making.saes.getByRole('listitem')).toHaveText([
    /layers\.2\.resid_post/
  ]);

  // More on than there are is refused where it was typed.
  await making.node.getByLabel('Width features').fill('64');
  await making.node.getByLabel('k features a token').fill('65');
  await expect(making.reason).toContainText('k is 65');
  await expect(making.node.getByRole('alert').first()).toContainText('k is 65');
  await making.node.getByLabel('k features a token').fill('8');
  await making.node.getByLabel('Steps', { exact: true }).fill(String(STEPS));
  await making.node.getByLabel('Batch size tokens').fill('64');
  await making.node.locator('summary', { hasText: 'Keeping' }).press('Enter');
  await making.node.getByLabel('Metrics every steps').fill('2');
  await making.node.getByLabel('Evaluate every steps').fill('20');
  await making.node.getByLabel('Evaluate on tokens').fill('512');
  await making.node.getByLabel('Checkpoint every steps').fill('20');
  await expect(making.saes).toContainText('width 64 · k 8');
  await expect(making.estimate).toContainText(/Memory.* of .* free/);
  await expect(making.estimate).toContainText(/Disk.* of .* free/);
  await expect(making.estimate).toContainText(
    `Tokens${(64 * STEPS).toLocaleString('en')}`
  );
  await expect(making.reason).toHaveText('');
  await picture(page, 'direct-new');
  await making.start.press('Enter');

  // Its document comes, and the one it was asked for in goes.
  const row = panel.node.locator('[data-row-id^="tr_"]');
  await expect(row).toHaveCount(1);
  await expect(making.node).toHaveCount(0);
  const id = (await row.getAttribute('data-row-id'))!;
  const document = new TrainingDocument(page, id);
  await expect(document.node).toBeVisible();
  await expect(document.chip).toHaveText('ready', { timeout: 3 * PATIENCE });

  // What stands there is what was measured on held-out text.
  const training = await studio.api.training(id);
  expect(training.sources).toMatchObject([{ hooks: ['layers.2.resid_post'] }]);
  const { fvu, l0, lossRecovered } = measuredOf(training);
  await expect(document.figure('FVU').first()).toHaveText(rounded(fvu));
  await expect(document.figure('L0').first()).toHaveText(
    `${rounded(l0)} (target 8)`
  );
  await expect(document.figure('Loss recovered').first()).toHaveText(
    `${rounded(100 * lossRecovered)} %`
  );
  await expect(document.figure('FVU').nth(1)).toHaveText(/^untrained: 0?\.?\d/);
  await expect(panel.facts(row)).toContainText(`${STEPS} steps`);
  await expect(document.chart('Loss')).toContainText(`at step ${STEPS}`);
  await expect(document.chart('On held-out text')).toContainText(rounded(fvu));
  await expect(document.chart('How often features fire')).toContainText(
    'Of 64 features on'
  );
  await picture(page, 'direct-curves');

  // Its tabs are walked with the arrows.
  const curves = document.node.getByRole('tab', { name: 'Curves' });
  await curves.focus();
  await keyboard.press('ArrowRight');
  await expect(document.body).toContainText('CE increase');
  await picture(page, 'direct-evaluation');
  await keyboard.press('ArrowRight');
  await expect(document.body).toContainText(`Step ${STEPS} of ${STEPS}`);
  await keyboard.press('ArrowRight');
  const table = document.body.getByRole('table', { name: 'Checkpoints' });
  await expect(table.getByRole('row')).toHaveCount(3);
  await expect(table.getByRole('row').last()).toContainText('last');
  await document.open('About');
  await expect(document.body).toContainText(
    `${(64 * STEPS).toLocaleString('en')} tokens read`
  );
  await expect(
    document.body.getByRole('button', { name: studio.name('llama') })
  ).toBeVisible();
});
