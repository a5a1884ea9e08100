import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Dataset, Tokenization } from '../../api/types';
import { ObjectDocuments } from '../../ui/objects/documents';
import { CommandIDs } from '../commandIds';
import type { DatasetsDesk } from '../desk';
import { isDataset } from '../model';
import type { DatasetWidget } from './documentWidget';
import { TABS, type Tab } from './tabNames';

/** The open documents: one a dataset, restored with the layout. */
export class DatasetDocuments extends ObjectDocuments<
  Dataset,
  Tokenization,
  Tab,
  DatasetWidget
> {
  constructor(
    app: JupyterFrontEnd,
    private readonly desk: DatasetsDesk
  ) {
    super({
      app,
      namespace: 'mistudio-datasets',
      command: CommandIDs.open,
      tabs: TABS,
      load: async () => {
        const { DatasetWidget } = await import('./documentWidget');
        return id => new DatasetWidget(desk, id);
      }
    });
  }

  /** Open the document of a dataset, or of the dataset that a tokenization was made of. */
  override async open(id: string, tab?: string): Promise<DatasetWidget> {
    if (!id.startsWith('tk_')) {
      return super.open(id, tab);
    }
    const widget = await super.open(await this.parentOf(id), 'tokenizations');
    widget.content.document.draft({ unfolded: id });
    return widget;
  }

  private async parentOf(tokenization: string): Promise<string> {
    const known = this.desk.model.find(tokenization);
    if (known && !isDataset(known)) {
      return known.parent;
    }
    return this.desk.model.parentOf(tokenization);
  }
}
