import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Capture } from '../../api/types';
import { ObjectDocuments } from '../../ui/objects/documents';
import { CommandIDs } from '../commandIds';
import type { CapturesDesk } from '../desk';
import type { CaptureWidget } from './documentWidget';
import { TABS, type Tab } from './tabNames';

/** The open documents: one a capture, restored with the layout. */
export class CaptureDocuments extends ObjectDocuments<
  Capture,
  never,
  Tab,
  CaptureWidget
> {
  constructor(app: JupyterFrontEnd, desk: CapturesDesk) {
    super({
      app,
      namespace: 'mistudio-captures',
      command: CommandIDs.open,
      tabs: TABS,
      load: async () => {
        const { CaptureWidget } = await import('./documentWidget');
        return id => new CaptureWidget(desk, id);
      }
    });
  }
}
