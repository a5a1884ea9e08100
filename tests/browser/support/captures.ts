import type { Locator, Page } from '@playwright/test';

/** The document in which a capture is put together. */
export class NewCapture {
  constructor(private readonly page: Page) {}

  get node(): Locator {
    return this.page
      .locator('.jp-mistudio-NewCapture')
      .filter({ visible: true });
  }

  source(name: string): Locator {
    return this.node.getByRole('radio', { name });
  }

  get grid(): Locator {
    return this.node.getByRole('grid');
  }

  box(name: string): Locator {
    return this.grid.getByRole('checkbox', { name, exact: true });
  }

  get estimate(): Locator {
    return this.node.locator('.jp-mistudio-Estimate');
  }

  figure(name: string): Locator {
    return this.estimate
      .locator('.jp-mistudio-Figures > div')
      .filter({ hasText: name })
      .locator('dd');
  }

  get start(): Locator {
    return this.node.getByRole('button', { name: 'Start', exact: true });
  }

  /** Why it cannot be started. */
  get reason(): Locator {
    return this.node.locator('.jp-mistudio-NewCapture-end [role="status"]');
  }
}

/** A capture's document in the main area. */
export class CaptureDocument {
  constructor(page: Page, id: string) {
    this.node = page.locator(`#mistudio-capture-${id}`);
  }

  readonly node: Locator;

  tab(name: string): Locator {
    return this.node.getByRole('tab', { name });
  }

  get body(): Locator {
    return this.node.getByRole('tabpanel');
  }

  get head(): Locator {
    return this.node.locator('.jp-mistudio-DocumentHead');
  }

  get vectors(): Locator {
    return this.node.getByRole('listbox', { name: 'Vectors' });
  }
}
