import type { Locator } from '@playwright/test';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { AddDocument } from './adding';
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
    await this.chooseToAdd(entry);
    const dialog = this.page.locator('.jp-Dialog');
    await dialog.waitFor();
    return dialog;
  }

  private async chooseToAdd(entry: string): Promise<void> {
    await this.node.getByRole('button', { name: 'Add' }).click();
    await this.page
      .locator('.lm-Menu')
      .getByRole('menuitem', { name: entry })
      .click();
  }

  /** Open the document for what the server has at this path. */
  async addPath(path: string, name?: string): Promise<AddDocument> {
    await this.choosePath();
    const document = new AddDocument(this.page);
    await document.path.fill(path);
    if (name !== undefined) {
      await document.node.getByLabel('Name').fill(name);
    }
    return document;
  }

  async choosePath(): Promise<void> {
    await this.chooseToAdd('From the Server’s Files');
  }

  /** Drop a file from the desktop, the way a browser hands it over. */
  async drop(name: string, content: string | Buffer): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle(
      ([fileName, base64]) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), each => each.charCodeAt(0));
        transfer.items.add(new File([bytes], fileName));
        return transfer;
      },
      [name, Buffer.from(content).toString('base64')]
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

  /** What stands in the head of a tab about how far a search has come. */
  get found(): Locator {
    return this.node.locator('.jp-mistudio-Samples-places');
  }

  async search(text: string): Promise<void> {
    const field = this.node.getByRole('searchbox', {
      name: 'Search in the texts'
    });
    await field.fill(text);
    await field.press('Enter');
  }

  chart(title: string): Locator {
    return this.node.locator('.jp-mistudio-Chart').filter({ hasText: title });
  }

  get tokens(): Locator {
    return this.node.locator('.jp-mistudio-Token');
  }

  /** Fill in the form for a tokenization and start it. */
  async tokenize(
    folder: string,
    length: number,
    options: (form: Locator) => Promise<void> = async () => {}
  ): Promise<void> {
    await this.tab('Tokenizations').click();
    const form = this.node.getByRole('form', { name: 'New tokenization' });
    const begin = this.body.getByRole('button', { name: 'New tokenization' });
    await begin.or(form).first().waitFor();
    if (!(await form.isVisible())) {
      await begin.click();
    }
    const whose = form.getByLabel('Whose tokenizer');
    await form.getByLabel('Length').waitFor();
    if (await whose.isVisible()) {
      await whose.selectOption('');
    }
    await form.getByLabel(/^Tokenizer/).fill(folder);
    await form.getByLabel('Length').fill(String(length));
    await options(form);
    await form.getByRole('button', { name: 'Tokenize', exact: true }).click();
  }
}
