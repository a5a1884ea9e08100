/* eslint-disable jupyter/prefer-lazy-imports -- The item is registered at the start, and smaller than the code that would fetch it. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { IMiStudio } from '../tokens';
import { JobsStatus } from './statusItem';
import { CommandIDs } from './commandIds';
import { IJobs } from './tokens';

/** What runs, in the status bar. */
export const jobsStatusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:jobs-status',
  description: 'Shows the running job in the status bar.',
  autoStart: true,
  requires: [IMiStudio, IJobs],
  optional: [IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    jobs: IJobs,
    statusBar: IStatusBar | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const { model } = jobs;
    const item = new JobsStatus(model, studio.trans, () => {
      void app.commands.execute(CommandIDs.show);
    });
    statusBar.registerStatusItem(jobsStatusPlugin.id, {
      item,
      align: 'left',
      rank: 100,
      isActive: () => model.running.length > 0,
      activeStateChanged: model.changed
    });
  }
};
