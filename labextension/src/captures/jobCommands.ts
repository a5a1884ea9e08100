import type { CommandRegistry } from '@lumino/commands';
import { addJobCommands as add } from '../ui/objects/jobCommands';
import { CommandIDs, ID } from './commandIds';
import type { CapturesDesk } from './desk';
import type { Pointed } from './pointed';

/** What can be done with the job that works on a capture. */
export function addJobCommands(
  commands: CommandRegistry,
  desk: CapturesDesk,
  pointed: Pointed
): void {
  const { trans } = desk.studio;
  add(
    commands,
    desk,
    {
      pause: {
        id: CommandIDs.pause,
        label: trans.__('Pause the Job of a Capture')
      },
      resume: {
        id: CommandIDs.resume,
        label: trans.__('Resume the Job of a Capture')
      },
      cancel: {
        id: CommandIDs.cancel,
        label: trans.__('Cancel the Job of a Capture…')
      },
      retry: {
        id: CommandIDs.retry,
        label: trans.__('Try the Job of a Capture Again')
      }
    },
    ID,
    args => {
      const capture = desk.model.head(pointed(args) ?? '');
      return capture ? [capture] : [];
    }
  );
}
