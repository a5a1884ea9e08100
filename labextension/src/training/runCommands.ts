import { addIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { addJobCommands } from '../ui/objects/jobCommands';
import { workOf } from '../ui/objects/words';
import { CommandIDs, ID } from './commandIds';
import type { TrainingDesk } from './desk';
import { checkpointIcon } from './icons';
import { addOfTraining } from './ofTraining';

/** What can be done with a run: hold it, end it, let it go on. */
export function addRunCommands(
  commands: CommandRegistry,
  desk: TrainingDesk
): void {
  const { trans } = desk.studio;
  addOfTraining(commands, desk, {
    id: CommandIDs.extend,
    label: trans.__('Extend Training…'),
    caption: trans.__('Go on with it for more steps'),
    icon: addIcon,
    why: training =>
      training.state === 'ready' && !workOf(training)
        ? null
        : trans.__('It has not come to an end.'),
    run: async training => {
      const { askExtend } = await import('./dialogs');
      await askExtend(desk, training);
    }
  });
  addOfTraining(commands, desk, {
    id: CommandIDs.checkpoint,
    label: trans.__('Save a Checkpoint of Training'),
    caption: trans.__('Save one now; it stays'),
    icon: checkpointIcon,
    why: training =>
      workOf(training)?.state === 'running'
        ? null
        : trans.__('It is not running.'),
    run: training => desk.actions.checkpoint(training)
  });
  addOfTraining(commands, desk, {
    id: CommandIDs.stop,
    label: trans.__('Stop Training and Keep It'),
    caption: trans.__('End it here, and keep what was learned'),
    icon: stopIcon,
    why: ({ job }) =>
      job === null ? trans.__('It has no job.') : (job.controls.stop ?? null),
    run: training => desk.actions.control(training, 'stop')
  });
  addJobCommands(
    commands,
    desk,
    {
      pause: {
        id: CommandIDs.pause,
        label: trans.__('Pause Training')
      },
      resume: {
        id: CommandIDs.resume,
        label: trans.__('Resume Training')
      },
      cancel: {
        id: CommandIDs.cancel,
        label: trans.__('Cancel Training…')
      },
      retry: {
        id: CommandIDs.retry,
        label: trans.__('Try Training Again')
      }
    },
    ID
  );
}
