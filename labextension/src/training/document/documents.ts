import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Sae } from '../../api/types';
import { ObjectDocuments } from '../../ui/objects/documents';
import { CommandIDs } from '../commandIds';
import type { TrainingDesk } from '../desk';
import type { TrainingObject } from '../model';
import type { TrainingWidget } from './documentWidget';
import type { SaeWidget } from './saeWidget';
import { SAE_TABS, TABS, type SaeTab, type Tab } from './tabNames';

/** The open documents: one a training, restored with the layout. */
export class TrainingDocuments extends ObjectDocuments<
  TrainingObject,
  Sae,
  Tab,
  TrainingWidget
> {
  constructor(app: JupyterFrontEnd, desk: TrainingDesk) {
    super({
      app,
      namespace: 'mistudio-trainings',
      command: CommandIDs.open,
      tabs: TABS,
      load: async () => {
        const { TrainingWidget } = await import('./documentWidget');
        return id => new TrainingWidget(desk, id);
      }
    });
  }
}

/** One an SAE. */
export class SaeDocuments extends ObjectDocuments<
  TrainingObject,
  Sae,
  SaeTab,
  SaeWidget
> {
  constructor(app: JupyterFrontEnd, desk: TrainingDesk) {
    super({
      app,
      namespace: 'mistudio-saes',
      command: CommandIDs.openSae,
      tabs: SAE_TABS,
      load: async () => {
        const { SaeWidget } = await import('./saeWidget');
        return id => new SaeWidget(desk, id);
      }
    });
  }
}
