import type { Locator, Page } from '@playwright/test';

/** The document in which a dataset is put together. */
export class AddDocument {
  constructor(private readonly page: Page) {}

  get node(): Locator {
    return this.page.locator('.jp-mistudio-Adding').filter({ visible: true });
  }

  get path(): Locator {
    return this.node.getByLabel('Path', { exact: true });
  }

  /** What would be read. */
  get look(): Locator {
    return this.node.locator('.jp-mistudio-Look');
  }

  get samples(): Locator {
    return this.look.getByRole('listitem');
  }

  column(name: string): Locator {
    return this.node.getByRole('checkbox', { name, exact: true });
  }

  get button(): Locator {
    return this.node.getByRole('button', { name: 'Add dataset' });
  }

  /** Why the button cannot be pressed. */
  get reason(): Locator {
    return this.node.locator('.jp-mistudio-Adding-end [role="status"]');
  }
}
