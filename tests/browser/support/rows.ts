import type { Locator, Page } from '@playwright/test';

/** Rows of objects, wherever they are: in a panel or in a document. */
export class Rows {
  constructor(
    protected readonly page: Page,
    readonly node: Locator
  ) {}

  row(name: string): Locator {
    return this.node.locator('.jp-mistudio-Row').filter({
      has: this.page.locator(`.jp-mistudio-Row-name[title=${quoted(name)}]`)
    });
  }

  rowOf(id: string): Locator {
    return this.node.locator(`[data-row-id="${id}"]`);
  }

  name(row: Locator): Locator {
    return row.locator('.jp-mistudio-Row-name');
  }

  chip(row: Locator): Locator {
    return row.locator('.jp-mistudio-StateChip');
  }

  facts(row: Locator): Locator {
    return row.locator('.jp-mistudio-Row-facts');
  }

  progress(row: Locator): Locator {
    return row.getByRole('progressbar');
  }

  /** A button that shows when the pointer is on the row. */
  async press(row: Locator, label: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: label, exact: true }).click();
  }

  /** An entry of the row's context menu. */
  async choose(row: Locator, entry: string): Promise<void> {
    await row.click({ button: 'right' });
    await this.page
      .locator('.lm-Menu')
      .getByRole('menuitem', { name: entry })
      .click();
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
