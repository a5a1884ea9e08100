import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { CommandIDs } from '../commandIds';
import type { DatasetsDesk } from '../desk';
import { TABS, type Tab } from './tabNames';
import type { DatasetWidget } from './documentWidget';
import { isDataset } from '../model';

/** The open documents: one a dataset, restored with the layout. */
export class DatasetDocuments {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly desk: DatasetsDesk
  ) {
    // What is looked at is what the notebook's commands mean.
    this.tracker.currentChanged.connect((_, widget) => {
      const dataset = widget?.content.document.dataset;
      if (dataset) {
        desk.actions.point([dataset]);
      }
    });
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: CommandIDs.open,
      args: ({ content: { document } }) => ({
        id: document.id,
        tab: document.tab
      }),
      name: ({ content: { document } }) => document.id
    });
  }

  /** Open the document of a dataset, or of the dataset that a tokenization was made of. */
  async open(id: string, tab?: Tab): Promise<DatasetWidget> {
    const tokenization = id.startsWith('tk_') ? id : null;
    const dataset =
      tokenization === null ? id : await this.parentOf(tokenization);
    const widget = this.find(dataset) ?? (await this.create(dataset));
    const { document } = widget.content;
    if (tokenization !== null) {
      document.tab = 'tokenizations';
      document.draft({ unfolded: tokenization });
    } else if (tab !== undefined && TABS.includes(tab)) {
      document.tab = tab;
    }
    this.app.shell.activateById(widget.id);
    return widget;
  }

  private find(dataset: string): DatasetWidget | undefined {
    return this.tracker.find(widget => widget.content.document.id === dataset);
  }

  private async create(dataset: string): Promise<DatasetWidget> {
    const { DatasetWidget } = await import('./documentWidget');
    // Asked twice at once, it is opened once.
    const meanwhile = this.find(dataset);
    if (meanwhile) {
      return meanwhile;
    }
    const widget = DatasetWidget.of(this.desk, dataset);
    const { document } = widget.content;
    this.app.shell.add(widget, 'main', { type: 'miStudio' });
    await this.tracker.add(widget);
    let { tab } = document;
    document.changed.connect(() => {
      if (document.tab !== tab) {
        tab = document.tab;
        void this.tracker.save(widget);
      }
    });
    return widget;
  }

  private async parentOf(tokenization: string): Promise<string> {
    const known = this.desk.model.find(tokenization);
    if (known && !isDataset(known)) {
      return known.parent;
    }
    return this.desk.model.parentOf(tokenization);
  }

  private readonly tracker = new WidgetTracker<DatasetWidget>({
    namespace: 'mistudio-datasets'
  });
}
