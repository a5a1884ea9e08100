import {
  closeIcon,
  refreshIcon,
  runIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { JobAction } from '../../api/types';
import { pauseIcon } from '../icons';
import { pointedIn, type Pointed } from './commandArgs';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';
import { workOf } from './words';

type Action = Exclude<JobAction, 'stop' | 'move_up'>;

/** Id and label of each command, for this kind of objects. */
export type JobCommands = Readonly<
  Record<Action, { id: string; label: string }>
>;

/** What can be done with the jobs that work on the selected objects. */
export function addJobCommands<Head extends IRecord, Nested extends IRecord>(
  commands: CommandRegistry,
  desk: ObjectsDesk<Head, Nested>,
  names: JobCommands,
  describedBy: object,
  pointed: Pointed<Head | Nested> = pointedIn(desk)
): void {
  const { trans } = desk.studio;
  const add = (action: Action, caption: string, icon: LabIcon) => {
    // Of several objects, those that allow it.
    const able: Pointed<Head | Nested> = args =>
      pointed(args).filter(each => each.job?.controls[action] === null);
    commands.addCommand(names[action].id, {
      label: names[action].label,
      caption: args =>
        able(args).length
          ? caption
          : (pointed(args)[0]?.job?.controls[action] ??
            trans.__('Select something with a job in the panel first.')),
      icon,
      describedBy,
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
    'pause',
    trans.__('Let it rest: what it has done is kept, its worker is freed'),
    pauseIcon
  );
  add('resume', trans.__('Go on from what was saved'), runIcon);
  add('cancel', trans.__('End it and throw away what it has made'), closeIcon);
  add('retry', trans.__('Do it again from the beginning'), refreshIcon);
}
