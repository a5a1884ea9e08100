import type { Locator, Page } from '@playwright/test';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Rows } from './rows';

/** The panel with the trainings. */
export class TrainingPanel extends Rows {
  constructor(private readonly lab: IJupyterLabPageFixture) {
    super(lab, lab.locator('#mistudio-training'));
  }

  async open(): Promise<void> {
    await this.lab.sidebar.openTab('mistudio-training');
  }

  group(name: string): Locator {
    return this.node
      .getByRole('group', { name: 'Filter by state' })
      .getByRole('button', { name: new RegExp(`^${name} `) });
  }
}

/** The document in which a training is put together. */
export class NewTraining {
  constructor(private readonly page: Page) {}

  get node(): Locator {
    return this.page
      .locator('.jp-mistudio-NewTraining')
      .filter({ visible: true });
  }

  capture(name: string): Locator {
    return this.node.getByRole('checkbox', { name, exact: true });
  }

  field(label: string): Locator {
    return this.node.getByLabel(label, { exact: true });
  }

  get estimate(): Locator {
    return this.node.locator('.jp-mistudio-Estimate');
  }

  get start(): Locator {
    return this.node.getByRole('button', { name: 'Start', exact: true });
  }

  /** Why it cannot be started. */
  get reason(): Locator {
    return this.node.locator('.jp-mistudio-NewCapture-end [role="status"]');
  }
}

/** A training's document in the main area. */
export class TrainingDocument {
  constructor(page: Page, id: string) {
    this.node = page.locator(`#mistudio-training-${id}`);
  }

  readonly node: Locator;

  get head(): Locator {
    return this.node.locator('.jp-mistudio-DocumentHead');
  }

  get chip(): Locator {
    return this.head.locator('.jp-mistudio-StateChip');
  }

  get figures(): Locator {
    return this.node.getByLabel('Latest numbers');
  }

  get body(): Locator {
    return this.node.getByRole('tabpanel');
  }

  press(label: string): Promise<void> {
    return this.head.getByRole('button', { name: label, exact: true }).click();
  }

  async open(tab: string): Promise<void> {
    await this.node.getByRole('tab', { name: tab }).click();
  }

  chart(name: string): Locator {
    return this.body.getByRole('figure', { name, exact: true });
  }
}
