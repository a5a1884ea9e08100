import {
  closeIcon,
  refreshIcon,
  runIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { JobAction } from '../api/types';
import { pauseIcon } from '../ui/icons';
import { CommandIDs, ID, type Pointed } from './commandIds';
import type { DatasetsDesk } from './desk';
import { workOf } from './words';

/** What can be done with the jobs that read or tokenize the selected objects. */
export function addJobCommands(
  commands: CommandRegistry,
  desk: DatasetsDesk,
  pointed: Pointed
): void {
  const { trans } = desk.studio;
  const add = (
    id: string,
    action: JobAction,
    label: string,
    caption: string,
    icon: LabIcon
  ) => {
    // Of several objects, those that allow it.
    const able: Pointed = args =>
      pointed(args).filter(each => each.job?.controls[action] === null);
    commands.addCommand(id, {
      label,
      caption: args =>
        able(args).length
          ? caption
          : (pointed(args)[0]?.job?.controls[action] ??
            trans.__('Select something with a job in the panel first.')),
      icon,
      describedBy: ID,
      isEnabled: args => able(args).length > 0,
      // Menus show them where a job works, or stands between the object and being ready.
      isVisible: args =>
        pointed(args).some(
          each =>
            workOf(each) !== null ||
            (each.job !== null && each.state !== 'ready')
        ),
      execute: async args => {
        for (const object of able(args)) {
          await desk.actions.control(object, action);
        }
      }
    });
  };
  add(
    CommandIDs.pause,
    'pause',
    trans.__('Pause the Job of a Dataset'),
    trans.__('Let it rest: what it has done is kept, its worker is freed'),
    pauseIcon
  );
  add(
    CommandIDs.resume,
    'resume',
    trans.__('Resume the Job of a Dataset'),
    trans.__('Go on from what was saved'),
    runIcon
  );
  add(
    CommandIDs.cancel,
    'cancel',
    trans.__('Cancel the Job of a Dataset…'),
    trans.__('End it and throw away what it has made'),
    closeIcon
  );
  add(
    CommandIDs.retry,
    'retry',
    trans.__('Try the Job of a Dataset Again'),
    trans.__('Do it again from the beginning'),
    refreshIcon
  );
}
