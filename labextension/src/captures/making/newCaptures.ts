import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MakingDocuments } from '../../ui/making/makingDocuments';
import { CommandIDs } from '../commandIds';
import type { CapturesDesk } from '../desk';
import type { NewCaptureWidget } from './newCaptureWidget';

/** The documents in which captures are put together before they are made. */
export class NewCaptures extends MakingDocuments<NewCaptureWidget> {
  constructor(app: JupyterFrontEnd, desk: CapturesDesk) {
    super({
      app,
      namespace: 'mistudio-new-captures',
      prefix: 'mistudio-new-capture',
      command: CommandIDs.create,
      load: async () => {
        const { NewCaptureWidget } = await import('./newCaptureWidget');
        return (id, draft) => new NewCaptureWidget({ id, desk, draft });
      }
    });
  }
}
