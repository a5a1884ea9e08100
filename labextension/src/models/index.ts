/* eslint-disable jupyter/prefer-lazy-imports -- The panel stands in the sidebar from the start; documents and dialogs come when they are opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import { IKernelHandoff } from '../kernel/tokens';
import { IMiStudio } from '../tokens';
import { folderChooser } from '../ui/serverFolder';
import { CommandIDs } from './commandIds';
import { addCommands } from './commands';
import { ModelsDesk } from './desk';
import { ModelDocuments } from './document/documents';
import { ModelsPanel } from './panel';

/** Language models: where they come from, how they are built, what was captured from them. */
export const modelsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:models',
  description: 'Adds, shows and tries the models of miStudio.',
  autoStart: true,
  requires: [IMiStudio],
  optional: [
    IKernelHandoff,
    ICommandPalette,
    ILayoutRestorer,
    IDefaultFileBrowser,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    handoff: IKernelHandoff | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    handoff?.register({ kind: 'model', noun: 'model', getter: 'model' });

    const desk = new ModelsDesk({ studio, commands: app.commands, handoff });
    const panel = new ModelsPanel(desk, translator ?? undefined);
    app.shell.add(panel, 'left', { rank: 701, type: 'miStudio' });
    restorer?.add(panel, panel.id);

    const documents = new ModelDocuments(app, desk);
    addCommands(app.commands, desk, {
      documents,
      show: () => app.shell.activateById(panel.id),
      // A drive's name goes from the path.
      choose: browser
        ? folderChooser(
            browser,
            studio.trans.__('Choose the folder of a model'),
            path => app.serviceManager.contents.localPath(path)
          )
        : undefined
    });
    if (restorer) {
      documents.restore(restorer);
    }
    studio.openers.add('md_', CommandIDs.open);

    const category = studio.trans.__('miStudio');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
  }
};
