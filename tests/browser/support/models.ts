import type { Locator } from '@playwright/test';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Rows } from './rows';

/** The panel with the models. */
export class ModelsPanel extends Rows {
  constructor(private readonly lab: IJupyterLabPageFixture) {
    super(lab, lab.locator('#mistudio-models'));
  }

  async open(): Promise<void> {
    await this.lab.sidebar.openTab('mistudio-models');
  }

  async add(entry: string): Promise<Locator> {
    await this.node.getByRole('button', { name: 'Add', exact: true }).click();
    await this.page
      .locator('.lm-Menu')
      .getByRole('menuitem', { name: entry })
      .click();
    const dialog = this.page.locator('.jp-Dialog');
    await dialog.waitFor();
    return dialog;
  }
}

/** A model's document in the main area. */
export class ModelDocument extends Rows {
  constructor(
    private readonly lab: IJupyterLabPageFixture,
    private readonly id: string
  ) {
    super(lab, lab.locator(`#mistudio-model-${id}`));
  }

  /** As from a double click, without a row to click on. */
  async open(tab = 'architecture'): Promise<void> {
    await this.lab.evaluate(
      async args => {
        await window.jupyterapp.commands.execute('mistudio:open-model', args);
      },
      { id: this.id, tab }
    );
    await this.node.waitFor();
  }

  tab(name: string): Locator {
    return this.node.getByRole('tab', { name });
  }

  get body(): Locator {
    return this.node.getByRole('tabpanel');
  }

  hook(layer: number, kind: string): Locator {
    return this.node.getByRole('button', {
      name: new RegExp(`^Layer ${layer}, ${kind}(,|$)`)
    });
  }
}
