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

  /** One of the things to choose from: where it is read from, a model, a text. */
  choice(name: string): Locator {
    return this.node.getByRole('radio', { name, exact: true });
  }

  /** A hook point of the model that is read directly. */
  point(name: string): Locator {
    return this.node
      .getByRole('grid')
      .getByRole('checkbox', { name, exact: true });
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

  get saes(): Locator {
    return this.estimate.getByRole('list', { name: 'SAEs' });
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

  /** A number at the top, with what it is held against. */
  figure(name: string): Locator {
    return this.figures
      .locator(':scope > div')
      .filter({ has: this.node.page().getByText(name, { exact: true }) })
      .locator('dd');
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
