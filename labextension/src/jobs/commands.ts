import type { JupyterFrontEnd } from '@jupyterlab/application';
import { downloadIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Job, JobAction } from '../api/types';
import { ACTIONS } from './actions';
import type { JobsDesk } from './desk';
import { CommandIDs, JOB_ARGS } from './commandIds';

const BY_ACTION: Record<JobAction, string> = {
  pause: CommandIDs.pause,
  resume: CommandIDs.resume,
  stop: CommandIDs.stop,
  cancel: CommandIDs.cancel,
  retry: CommandIDs.retry,
  move_up: CommandIDs.moveUp
};

type Args = Parameters<CommandRegistry['isEnabled']>[1];

/** All that can be done with jobs, by name. */
export function addCommands(
  app: JupyterFrontEnd,
  desk: JobsDesk,
  show: () => void
): void {
  const { commands } = app;
  const { trans } = desk.studio;
  const target = (args: Args): Job | undefined => {
    const id = args?.id ?? desk.view.selected;
    return typeof id === 'string' ? desk.model.get(id) : undefined;
  };

  commands.addCommand(CommandIDs.show, {
    label: trans.__('Jobs'),
    caption: trans.__('Show the list of jobs'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: show
  });
  commands.addCommand(CommandIDs.downloadLog, {
    label: trans.__('Download log'),
    caption: trans.__('Download the whole log of a job as a text file'),
    icon: downloadIcon,
    describedBy: { args: JOB_ARGS },
    isEnabled: args => target(args) !== undefined,
    execute: async args => {
      const job = target(args);
      if (job) {
        const { downloadLog } = await import('./log/download');
        await downloadLog(desk.studio, job.id);
      }
    }
  });
  commands.addCommand(CommandIDs.openObject, {
    label: trans.__('Open what the job works on'),
    describedBy: { args: JOB_ARGS },
    isEnabled: args => {
      const job = target(args);
      return job !== undefined && desk.canOpenObject(job);
    },
    execute: args => {
      const job = target(args);
      if (job) {
        desk.openObject(job);
      }
    }
  });
  const labels: Record<JobAction, string> = {
    pause: trans.__('Pause job'),
    resume: trans.__('Resume job'),
    stop: trans.__('Stop job and keep its result'),
    cancel: trans.__('Cancel job'),
    retry: trans.__('Retry job'),
    move_up: trans.__('Move job up')
  };
  for (const [action, id] of Object.entries(BY_ACTION) as [
    JobAction,
    string
  ][]) {
    commands.addCommand(id, {
      label: labels[action],
      icon: ACTIONS[action],
      caption: args => {
        const job = target(args);
        return (job && desk.refusal(job, action)) ?? '';
      },
      describedBy: { args: JOB_ARGS },
      isEnabled: args => {
        const job = target(args);
        return job !== undefined && desk.refusal(job, action) === null;
      },
      execute: async args => {
        const job = target(args);
        if (job) {
          await desk.act(job, action);
        }
      }
    });
  }
  const notify = () => commands.notifyCommandChanged();
  desk.view.changed.connect(notify);
  desk.model.changed.connect(notify);
}
