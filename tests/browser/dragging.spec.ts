import { PATIENCE } from './support/api';
import { dragTo } from './support/mouse';
import { expect, test } from './support/test';

test('a dataset is dragged into code, onto a prompt and between cells, and runs', async ({
  studio,
  page
}) => {
  const { api, datasets, notebook } = studio;
  const { id, name } = await api.texts(studio.name('stories'), [
    'The rain fell.',
    'The fox jumped.',
    'It rained on.'
  ]);
  await notebook.open('', 'total = len()', '# last');
  const from = datasets.name(datasets.row(name));

  // Onto an empty line: the lines that fetch it.
  await notebook.dropOnLine(from, 0);
  await expect.poll(() => notebook.source(0)).toContain(`dataset("${id}")`);
  const lines = await notebook.source(0);
  expect(lines).toContain('import mistudio_ext as ms');
  expect(await notebook.sources()).toHaveLength(3);

  // Into a call: an expression, at the drop point.
  const call = notebook.line(1);
  const place = await call.evaluate(node => {
    const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (text.nextNode()) {
      const at = (text.currentNode.textContent ?? '').indexOf(')');
      if (at >= 0) {
        const range = document.createRange();
        range.setStart(text.currentNode, at);
        range.collapse(true);
        const { x, y, height } = range.getBoundingClientRect();
        return { x, y: y + height / 2 };
      }
    }
    throw new Error('There is no bracket.');
  });
  await dragTo(page, from, place);
  await expect
    .poll(() => notebook.source(1))
    .toMatch(new RegExp(`^total = len\\((ms|ws)\\.dataset\\("${id}"\\)\\)$`));

  // Onto a prompt: a new cell above.
  await notebook.dropOnPrompt(from, 2);
  await expect(notebook.cells).toHaveCount(4);
  expect(await notebook.source(2)).toBe(lines);

  // Between two cells: a new one there.
  await dragTo(page, from, await notebook.between(0));
  await expect(notebook.cells).toHaveCount(5);
  expect(await notebook.source(1)).toBe(lines);

  const variable = /^(\w+) = (?:ms|ws)\.dataset/m.exec(lines)![1];
  await notebook.set(1, variable);
  await notebook.set(
    3,
    `print(total, len(${variable}.load()), ${variable}[0])`
  );
  await notebook.runAll();
  await expect(notebook.output(1)).toContainText(name);
  await expect(notebook.output(1)).toContainText('3');
  await expect(notebook.output(3).filter({ hasText: '3 3' })).toContainText(
    'The rain fell.',
    { timeout: PATIENCE }
  );
});

test('a tokenization is dragged likewise, from the document too', async ({
  studio
}) => {
  const { api, datasets, notebook } = studio;
  const dataset = await api.texts(
    studio.name('tokens'),
    Array.from({ length: 40 }, (_, row) => `The rain fell on day ${row}.`)
  );
  const { id, name, facts } = await api.tokenized(dataset.id, {
    name: studio.name('blocks')
  });
  await notebook.open('', '# last');
  await notebook.dropOnLine(datasets.name(datasets.row(name)), 0);
  await expect
    .poll(() => notebook.source(0))
    .toContain(`tokenization("${id}")`);
  const variable = /^(\w+) = (?:ms|ws)\.tokenization/m.exec(
    await notebook.source(0)
  )![1];
  await notebook.set(1, `len(${variable})`);
  await notebook.runAll();
  await expect(notebook.output(1)).toContainText(String(facts?.blocks));
});
