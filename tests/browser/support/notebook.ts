import type { NotebookPanel } from '@jupyterlab/notebook';
import type { JSHandle, Locator } from '@playwright/test';
import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import { PATIENCE } from './api';
import { dragTo, pointIn, type IPoint } from './mouse';

/** A notebook with a real Python kernel. */
export class Notebook {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  /** A new notebook with these cells, its kernel ready. */
  async open(...sources: string[]): Promise<void> {
    await this.page.evaluate(
      async ([folder, cells]) => {
        const { commands } = window.jupyterapp;
        const model = await commands.execute('docmanager:new-untitled', {
          path: folder as string,
          type: 'notebook'
        });
        const panel = await commands.execute('docmanager:open', {
          path: model.path,
          factory: 'Notebook',
          kernel: { name: 'python3' }
        });
        await panel.context.ready;
        await panel.sessionContext.ready;
        const shared = panel.content.model.sharedModel;
        shared.deleteCellRange(0, shared.cells.length);
        shared.insertCells(
          0,
          (cells as string[]).map(source => ({ cell_type: 'code', source }))
        );
      },
      [await this.folder(), sources] as const
    );
    await expect(this.cells).toHaveCount(sources.length);
    await this.idle();
  }

  get node(): Locator {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  }

  get cells(): Locator {
    return this.node.locator('.jp-Notebook .jp-Cell');
  }

  cell(index: number): Locator {
    return this.cells.nth(index);
  }

  line(index: number, line = 0): Locator {
    return this.cell(index).locator('.cm-line').nth(line);
  }

  prompt(index: number): Locator {
    return this.cell(index).locator('.jp-InputPrompt').first();
  }

  output(index: number): Locator {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  async sources(): Promise<string[]> {
    const panel = await this.panel();
    return panel.evaluate(({ content }) =>
      content.widgets.map(cell => cell.model.sharedModel.getSource())
    );
  }

  async source(index: number): Promise<string> {
    return (await this.sources())[index];
  }

  /** Make it the notebook that things go to. */
  async activate(): Promise<void> {
    await this.page.evaluate(() => {
      const { shell } = window.jupyterapp;
      for (const widget of shell.widgets('main')) {
        if (widget.hasClass('jp-NotebookPanel')) {
          shell.activateById(widget.id);
        }
      }
    });
    await expect(this.node).toBeVisible();
  }

  async set(index: number, source: string): Promise<void> {
    const panel = await this.panel();
    await panel.evaluate(
      ({ content }, [at, text]) =>
        content.widgets[at].model.sharedModel.setSource(text),
      [index, source] as const
    );
  }

  /** Run one cell; what it gives is waited for by looking at `output`. */
  async run(index: number): Promise<void> {
    const panel = await this.panel();
    await panel.evaluate(({ content }, at) => {
      content.activeCellIndex = at;
      content.deselectAll();
      // Not awaited: a cell may run for long, and tests look at what is there meanwhile.
      void window.jupyterapp.commands.execute('notebook:run-cell');
    }, index);
  }

  async runAll(): Promise<void> {
    await this.page.evaluate(async () => {
      await window.jupyterapp.commands.execute('notebook:run-all-cells');
    });
  }

  async idle(): Promise<void> {
    await this.status('idle');
  }

  async busy(): Promise<void> {
    await this.status('busy');
  }

  async shutdown(): Promise<void> {
    const panel = await this.panel();
    await panel.evaluate(({ sessionContext }) => sessionContext.shutdown());
  }

  /** Let the kernel be as those before ipykernel 7 are. */
  async withoutSubshells(): Promise<void> {
    const panel = await this.panel();
    await panel.evaluate(({ sessionContext }) => {
      Object.defineProperty(
        sessionContext.session?.kernel,
        'supportsSubshells',
        { value: false }
      );
    });
  }

  /** Drop what is dragged on a line, at this share of its width. */
  async dropOnLine(
    from: Locator,
    index: number,
    line = 0,
    right = 0.01
  ): Promise<void> {
    await dragTo(
      this.page,
      from,
      await pointIn(this.line(index, line), right, 0.5)
    );
  }

  async dropOnPrompt(from: Locator, index: number): Promise<void> {
    await dragTo(this.page, from, await pointIn(this.prompt(index), 0.5, 0.5));
  }

  /** The gap between this cell and the next. */
  async between(index: number): Promise<IPoint> {
    const above = await this.cell(index).boundingBox();
    const below = await this.cell(index + 1).boundingBox();
    if (!above || !below) {
      throw new Error('The cells are not to be seen.');
    }
    return {
      x: above.x + above.width / 2,
      y: (above.y + above.height + below.y) / 2
    };
  }

  private async status(wanted: string): Promise<void> {
    const panel = await this.panel();
    await expect
      .poll(
        () =>
          panel.evaluate(
            ({ sessionContext }) => sessionContext.session?.kernel?.status
          ),
        { timeout: PATIENCE }
      )
      .toBe(wanted);
  }

  private panel(): Promise<JSHandle<NotebookPanel>> {
    return this.page.evaluateHandle(() => {
      const { shell } = window.jupyterapp;
      const panels = [...shell.widgets('main')].filter(widget =>
        widget.hasClass('jp-NotebookPanel')
      );
      return panels[panels.length - 1] as NotebookPanel;
    });
  }

  private folder(): Promise<string> {
    return this.page.evaluate(() => {
      const path = window.location.pathname.split('/tree/')[1] ?? '';
      return decodeURIComponent(path).split('/')[0];
    });
  }
}
