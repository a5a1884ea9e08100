import type { Locator } from '@playwright/test';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Rows } from './rows';

/** The panel with the jobs. */
export class JobsPanel extends Rows {
  constructor(private readonly lab: IJupyterLabPageFixture) {
    super(lab, lab.locator('#mistudio-jobs'));
  }

  async open(): Promise<void> {
    await this.lab.sidebar.openTab('mistudio-jobs');
  }

  get mark(): Locator {
    return this.node.locator('.jp-mistudio-LiveMark');
  }

  get filter(): Locator {
    return this.node.locator('.jp-FilterBox input');
  }

  group(word: string): Locator {
    return this.node
      .getByRole('group', { name: 'Filter by state' })
      .getByRole('button', { name: word });
  }

  /** The panel's icon in the sidebar, with its badge. */
  get badge(): Locator {
    return this.page.locator('.lm-TabBar-tab[data-mistudio-badge]');
  }

  get status(): Locator {
    return this.page.locator('.jp-mistudio-Status');
  }

  get log(): Locator {
    return this.page.locator('.jp-mistudio-Log');
  }
}
