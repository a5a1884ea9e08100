import type { Locator } from '@playwright/test';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Rows } from './rows';

/** The panel with the datasets. */
export class DatasetsPanel extends Rows {
  constructor(private readonly lab: IJupyterLabPageFixture) {
    super(lab, lab.locator('#mistudio-datasets'));
  }

  async open(): Promise<void> {
    await this.lab.sidebar.openTab('mistudio-datasets');
  }

  get mark(): Locator {
    return this.node.locator('.jp-mistudio-LiveMark');
  }

  get filter(): Locator {
    return this.node.locator('.jp-FilterBox input');
  }

  async add(entry: string): Promise<Locator> {
    await this.node.getByRole('button', { name: 'Add' }).click();
    await this.page
      .locator('.lm-Menu')
      .getByRole('menuitem', { name: entry })
      .click();
    const dialog = this.page.locator('.jp-Dialog');
    await dialog.waitFor();
    return dialog;
  }

  async addPath(path: string, name?: string): Promise<Locator> {
    const dialog = await this.add('From a File on the Server');
    await dialog.getByLabel('Path').fill(path);
    if (name !== undefined) {
      await dialog.getByLabel('Name').fill(name);
    }
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    return dialog;
  }

  /** Drop a file from the desktop, the way a browser hands it over. */
  async drop(name: string, text: string): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName));
        return transfer;
      },
      [name, text]
    );
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await this.node.dispatchEvent(type, { dataTransfer });
    }
    await dataTransfer.dispose();
  }
}

/** A dataset's document in the main area. */
export class DatasetDocument extends Rows {
  constructor(
    private readonly lab: IJupyterLabPageFixture,
    id: string
  ) {
    super(lab, lab.locator(`#mistudio-dataset-${id}`));
  }

  /** As from a double click, without a row to click on. */
  async open(id: string): Promise<void> {
    await this.lab.evaluate(async dataset => {
      await window.jupyterapp.commands.execute('mistudio:open-dataset', {
        id: dataset
      });
    }, id);
    await this.node.waitFor();
  }

  tab(name: string): Locator {
    return this.node.getByRole('tab', { name });
  }

  get body(): Locator {
    return this.node.getByRole('tabpanel');
  }

  get samples(): Locator {
    return this.node.getByRole('listbox', { name: 'Samples' });
  }

  get sample(): Locator {
    return this.node.locator('.jp-mistudio-SampleView');
  }

  get sampleText(): Locator {
    return this.sample.locator('.jp-mistudio-SampleView-text');
  }

  get tokens(): Locator {
    return this.node.locator('.jp-mistudio-Token');
  }

  /** Fill in the form for a tokenization and start it. */
  async tokenize(folder: string, length: number): Promise<void> {
    await this.tab('Tokenizations').click();
    const form = this.node.getByRole('form', { name: 'New tokenization' });
    const begin = this.body.getByRole('button', { name: 'New tokenization' });
    await begin.or(form).first().waitFor();
    if (!(await form.isVisible())) {
      await begin.click();
    }
    await form.getByLabel('Tokenizer').fill(folder);
    await form.getByLabel('Block length').fill(String(length));
    await form.getByRole('button', { name: 'Tokenize', exact: true }).click();
  }
}
