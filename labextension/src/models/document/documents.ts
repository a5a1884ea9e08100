import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Capture, Model } from '../../api/types';
import { ObjectDocuments } from '../../ui/objects/documents';
import { CommandIDs } from '../commandIds';
import type { ModelsDesk } from '../desk';
import type { ModelWidget } from './documentWidget';
import { TABS, type Tab } from './tabNames';

/** The open documents: one a model, restored with the layout. */
export class ModelDocuments extends ObjectDocuments<
  Model,
  Capture,
  Tab,
  ModelWidget
> {
  constructor(app: JupyterFrontEnd, desk: ModelsDesk) {
    super({
      app,
      namespace: 'mistudio-models',
      command: CommandIDs.open,
      tabs: TABS,
      load: async () => {
        const { ModelWidget } = await import('./documentWidget');
        return id => new ModelWidget(desk, id);
      }
    });
  }
}
