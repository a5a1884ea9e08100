import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { logIcon } from '../../ui/icons';
import type { JobsDesk } from '../desk';
import { CommandIDs, JOB_ARGS } from '../commandIds';
import type { LogDocument } from './document';

/** The command that opens a job's log, and its way back after a reload. */
export function addLogs(
  app: JupyterFrontEnd,
  desk: JobsDesk,
  tracker: WidgetTracker<LogDocument>,
  restorer: ILayoutRestorer | null
): void {
  const { trans } = desk.studio;

  const create = async (id: string): Promise<LogDocument> => {
    const { LogDocument } = await import('./document');
    const log = new LogDocument(desk, id);
    app.shell.add(log, 'main', { type: 'miStudio job log' });
    await tracker.add(log);
    return log;
  };

  app.commands.addCommand(CommandIDs.openLog, {
    label: trans.__('Open log'),
    caption: trans.__('Open the log of a job in the main area'),
    icon: logIcon,
    describedBy: { args: JOB_ARGS },
    isEnabled: args =>
      typeof args.id === 'string' || desk.view.selected !== null,
    execute: async args => {
      const id = args.id ?? desk.view.selected;
      if (typeof id === 'string') {
        const open = tracker.find(each => each.job === id);
        const log = open ?? (await create(id));
        app.shell.activateById(log.id);
      }
    }
  });
  if (restorer) {
    void restorer.restore(tracker, {
      command: CommandIDs.openLog,
      args: log => ({ id: log.job }),
      name: log => log.job
    });
  }
}
