import type { Locator } from '@playwright/test';
import {
  expect,
  test as base,
  type IJupyterLabPageFixture
} from '@jupyterlab/galata';
import { Api } from './api';
import { DatasetDocument, DatasetsPanel } from './datasets';
import { JobsPanel } from './jobs';
import { ModelDocument, ModelsPanel } from './models';
import { Notebook } from './notebook';

/** JupyterLab with miStudio in it, and words for what a person does there. */
export class Studio {
  constructor(
    readonly page: IJupyterLabPageFixture,
    readonly api: Api,
    private readonly tag: string
  ) {
    this.datasets = new DatasetsPanel(page);
    this.models = new ModelsPanel(page);
    this.jobs = new JobsPanel(page);
    this.notebook = new Notebook(page);
  }

  readonly datasets: DatasetsPanel;
  readonly models: ModelsPanel;
  readonly jobs: JobsPanel;
  readonly notebook: Notebook;

  /** A name that no other test uses; what bears it is deleted at the end. */
  name(word: string): string {
    return `${word}-${this.tag}`;
  }

  document(id: string): DatasetDocument {
    return new DatasetDocument(this.page, id);
  }

  model(id: string): ModelDocument {
    return new ModelDocument(this.page, id);
  }

  get dialog(): Locator {
    return this.page.locator('.jp-Dialog');
  }

  get toasts(): Locator {
    return this.page.locator('.Toastify__toast');
  }

  execute(command: string, args: Record<string, string> = {}): Promise<void> {
    return this.page.evaluate(
      async ([id, given]) => {
        await window.jupyterapp.commands.execute(id, given);
      },
      [command, args] as const
    );
  }

  /** Wait until the page's memory holds this text: it is saved a moment after a change. */
  async remembered(text: string): Promise<void> {
    await expect
      .poll(() =>
        this.page.evaluate(async () => {
          const answer = await fetch('/lab/api/workspaces/default');
          return answer.text();
        })
      )
      .toContain(text);
  }
}

let count = 0;

export const test = base.extend<{ studio: Studio }>({
  studio: async ({ page, request, baseURL }, use, info) => {
    const api = new Api(request, baseURL ?? '');
    const tag = `${process.pid.toString(36)}${info.workerIndex}${(++count).toString(36)}`;
    const studio = new Studio(page, api, tag);
    await studio.datasets.open();
    await use(studio);
    await api.clear(tag);
    await api.clearModels(tag);
  },
  // Galata waits for the launcher, which is not in front when documents are restored.
  waitForApplication: async ({ baseURL: _ }, use) => {
    await use(async page => {
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
      await page.evaluate(async () => {
        await window.jupyterapp.restored;
      });
      // Whatever is in front has taken the focus by then, and takes it from nobody later.
      await page
        .locator('#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current')
        .first()
        .waitFor();
    });
  }
});

export { expect };
