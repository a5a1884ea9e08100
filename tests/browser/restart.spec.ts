import { PATIENCE, type MetricsPage } from './support/api';
import { test } from './support/ownServer';
import { DEMO_MODEL, LEARNED } from './support/places';
import { picture } from './support/stage';
import { expect, type Studio } from './support/test';
import { TrainingDocument, TrainingPanel } from './support/training';

/** Steps between two points of a curve. */
const EVERY = 10;

/** A training that nobody waits for the end of. */
async function begin({ api }: Studio): Promise<string> {
  const model = await api.model('llama');
  const dataset = await api.file('text', LEARNED);
  const tokenization = await api.tokenized(dataset.id, {
    tokenizer: DEMO_MODEL,
    max_length: 64
  });
  const capture = await api.captured(model.id, tokenization.id, {
    hooks: ['layers.2.resid_post'],
    max_tokens: 4000
  });
  const { object } = await api.train(capture.id, {
    steps: 1_000_000,
    metrics_every: EVERY
  });
  return object;
}

/** No point is missing, and none is there twice. */
function expectWhole({ steps }: MetricsPage): void {
  expect(steps).toEqual(steps.map((_, at) => EVERY * (at + 1)));
}

test('a paused training goes on after its server was stopped, and after it was killed', async ({
  server,
  studio,
  page
}) => {
  test.setTimeout(400_000);
  const { api } = studio;
  const id = await begin(studio);
  const panel = new TrainingPanel(page);
  await panel.open();
  const row = panel.rowOf(id);
  await studio.execute('mistudio:open-training', { id });
  const document = new TrainingDocument(page, id);
  const summary = document.chart('Loss').locator('.jp-mistudio-Chart-summary');
  /** The last step that the curve shows. */
  const shown = async () => {
    const words = (await summary.textContent()) ?? '';
    return Number(/at step ([\d,]+)/.exec(words)?.[1].replaceAll(',', ''));
  };
  await expect.poll(shown, { timeout: 3 * PATIENCE }).toBeGreaterThan(EVERY);
  await studio.remembered(id);

  const ways = [
    { signal: 'SIGTERM', resume: () => panel.press(row, 'Resume') },
    { signal: 'SIGKILL', resume: () => document.press('Resume') }
  ] as const;
  for (const { signal, resume } of ways) {
    await document.press('Pause');
    await expect(document.chip).toHaveText('paused', { timeout: PATIENCE });
    const before = await api.metrics(id);
    expectWhole(before);

    await server.stop(signal);
    await server.start();
    await page.reload();
    // It rests where it was, with all that it had shown.
    await expect(document.chip).toHaveText('paused', { timeout: PATIENCE });
    await expect.poll(shown, { timeout: PATIENCE }).toBe(before.last);
    await expect(panel.chip(row)).toHaveText('paused');
    expect(await api.metrics(id)).toEqual(before);
    await picture(page, `restart-${signal}`);

    await resume();
    await expect
      .poll(shown, { timeout: 2 * PATIENCE })
      .toBeGreaterThan(before.last! + 5 * EVERY);
    const after = await api.metrics(id);
    expectWhole(after);
    const { length } = before.steps;
    for (const [column, values] of Object.entries(before.columns)) {
      expect(after.columns[column].slice(0, length)).toEqual(values);
    }
  }

  await document.press('Stop and keep');
  await expect(document.chip).toHaveText('ready', { timeout: 2 * PATIENCE });
  await expect(document.head).toContainText('It was stopped.');
  expectWhole(await api.metrics(id));
});
