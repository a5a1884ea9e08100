/* eslint-disable jupyter/prefer-lazy-imports -- The panel stands in the sidebar from the start; logs come when they are opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { IMiStudio } from '../tokens';
import { addCommands } from './commands';
import { JobsDesk } from './desk';
import { addLogs } from './log';
import type { LogDocument } from './log/document';
import { JobsModel } from './model';
import { JobsPanel, PANEL_ID } from './panel';
import { CommandIDs } from './commandIds';
import { IJobs } from './tokens';
import { JobsView } from './view';

/** The list of jobs, their logs, and what can be done with them. */
export const jobsPlugin: JupyterFrontEndPlugin<IJobs> = {
  id: 'mistudio-labextension:jobs',
  description: 'Shows and controls what runs, waits and ended in miStudio.',
  autoStart: true,
  provides: IJobs,
  requires: [IMiStudio],
  optional: [ICommandPalette, ILayoutRestorer, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): IJobs => {
    const model = new JobsModel(studio);
    const desk = new JobsDesk({
      model,
      view: new JobsView(studio.memory),
      studio,
      commands: app.commands
    });
    const panel = new JobsPanel(desk, translator ?? undefined);
    app.shell.add(panel, 'right', { rank: 700, type: 'miStudio' });
    restorer?.add(panel, PANEL_ID);
    const logs = new WidgetTracker<LogDocument>({
      namespace: 'mistudio-job-logs'
    });
    addLogs(app, desk, logs, restorer);
    addCommands(app, desk, () => app.shell.activateById(PANEL_ID));
    const category = studio.trans.__('miStudio');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
    if (settings) {
      followSettings(settings, model).catch(reason => {
        console.error('miStudio could not read the settings of jobs.', reason);
      });
    }
    return { model, desk };
  }
};

async function followSettings(
  registry: ISettingRegistry,
  model: JobsModel
): Promise<void> {
  const settings = await registry.load(jobsPlugin.id);
  const apply = () => {
    model.limit = settings.get('listed').composite as number;
  };
  apply();
  settings.changed.connect(apply);
}
