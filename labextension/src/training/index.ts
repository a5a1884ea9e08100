/* eslint-disable jupyter/prefer-lazy-imports -- The panel stands in the sidebar from the start; documents and dialogs come when they are opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import { IJobs } from '../jobs/tokens';
import { IKernelHandoff } from '../kernel/tokens';
import { IMiStudio } from '../tokens';
import { folderChooser } from '../ui/serverFolder';
import { CommandIDs } from './commandIds';
import { addCommands } from './commands';
import { TrainingDesk } from './desk';
import { SaeDocuments, TrainingDocuments } from './document/documents';
import { NewTrainings } from './making/newTrainings';
import { TrainingPanel } from './panel';

/** Training SAEs: started, watched, stopped, and what came of it. */
export const trainingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:training',
  description: 'Trains SAEs, shows how it goes, and keeps what came of it.',
  autoStart: true,
  requires: [IMiStudio],
  optional: [
    IJobs,
    IKernelHandoff,
    ICommandPalette,
    ILayoutRestorer,
    IDefaultFileBrowser,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    jobs: IJobs | null,
    handoff: IKernelHandoff | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    handoff?.register({
      kind: 'training',
      noun: 'training',
      getter: 'training'
    });
    handoff?.register({ kind: 'sae', noun: 'sae', getter: 'sae' });

    const desk = new TrainingDesk({
      studio,
      commands: app.commands,
      handoff,
      jobs: jobs?.desk ?? null,
      // A drive's name goes from the path.
      choose: browser
        ? folderChooser(
            browser,
            studio.trans.__('Choose a folder for the SAE'),
            path => app.serviceManager.contents.localPath(path)
          )
        : undefined
    });
    const panel = new TrainingPanel(desk, translator ?? undefined);
    app.shell.add(panel, 'left', { rank: 702, type: 'miStudio' });
    restorer?.add(panel, panel.id);

    const documents = new TrainingDocuments(app, desk);
    const saes = new SaeDocuments(app, desk);
    const making = new NewTrainings(app, desk);
    addCommands(app.commands, desk, {
      documents,
      saes,
      making,
      handoff,
      show: () => app.shell.activateById(panel.id)
    });
    if (restorer) {
      documents.restore(restorer);
      saes.restore(restorer);
      making.restore(restorer);
    }
    studio.openers.add('tr_', CommandIDs.open);
    studio.openers.add('sa_', CommandIDs.openSae);

    const category = studio.trans.__('miStudio');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
  }
};
