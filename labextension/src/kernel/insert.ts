import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ConsolePanel } from '@jupyterlab/console';

const IMPORT = 'import mistudio_ext as ms';

/** Put code into the active cell where that is empty, else into a new one below. */
export async function insertIntoNotebook(
  panel: NotebookPanel,
  code: string
): Promise<void> {
  const { NotebookActions } = await import('@jupyterlab/notebook');
  const { content } = panel;
  const active = content.activeCell?.model;
  if (!active || active.sharedModel.getSource().trim()) {
    NotebookActions.insertBelow(content);
  }
  if (content.activeCell?.model.type !== 'code') {
    NotebookActions.changeCellType(content, 'code');
  }
  const cell = content.activeCell;
  if (cell) {
    cell.model.sharedModel.setSource(code);
    void content.scrollToCell(cell);
  }
}

/** Add the code to what stands at the console's prompt. */
export function insertIntoConsole(panel: ConsolePanel, code: string): void {
  const model = panel.console.promptCell?.model.sharedModel;
  if (model) {
    const before = model.getSource().trimEnd();
    model.setSource(before ? `${before}\n${code}` : code);
  }
}

/** An expression was dropped into a cell: import the package there, unless the notebook does so already. */
export function ensureImport(panel: NotebookPanel, editor: Element): void {
  const cells = panel.content.widgets;
  const imported = cells.some(cell =>
    cell.model.sharedModel
      .getSource()
      .split('\n')
      .some(line => line.trim().startsWith(IMPORT))
  );
  const cell = cells.find(each => each.node.contains(editor));
  if (cell && !imported) {
    cell.model.sharedModel.updateSource(0, 0, `${IMPORT}\n`);
  }
}
