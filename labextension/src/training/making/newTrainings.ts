import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MakingDocuments } from '../../ui/making/makingDocuments';
import { CommandIDs } from '../commandIds';
import type { TrainingDesk } from '../desk';
import type { NewTrainingWidget } from './newTrainingWidget';

/** The documents in which trainings are put together before they are started. */
export class NewTrainings extends MakingDocuments<NewTrainingWidget> {
  constructor(app: JupyterFrontEnd, desk: TrainingDesk) {
    super({
      app,
      namespace: 'mistudio-new-trainings',
      prefix: 'mistudio-new-training',
      command: CommandIDs.create,
      load: async () => {
        const { NewTrainingWidget } = await import('./newTrainingWidget');
        return (id, draft) => new NewTrainingWidget({ id, desk, draft });
      }
    });
  }
}
