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
import { AddDocuments } from './adding/addDocuments';
import { serverFiles } from './adding/serverFiles';
import { CommandIDs } from './commandIds';
import { addCommands } from './commands';
import { DatasetsDesk } from './desk';
import { DatasetDocuments } from './document/documents';
import { DatasetsPanel } from './panel';

/** Text: where it comes from, how it is cut, what is in it. */
export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:datasets',
  description: 'Adds, shows and tokenizes the datasets of miStudio.',
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
    handoff?.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
    handoff?.register({
      kind: 'tokenization',
      noun: 'tokenization',
      getter: 'tokenization'
    });

    const desk = new DatasetsDesk({ studio, commands: app.commands, handoff });
    // A drive's name goes from the path, a colon in a file's name stays.
    const serverPath = (path: string) =>
      app.serviceManager.contents.localPath(path);
    const panel = new DatasetsPanel(desk, serverPath, translator ?? undefined);
    app.shell.add(panel, 'left', { rank: 700, type: 'miStudio' });
    restorer?.add(panel, panel.id);

    const documents = new DatasetDocuments(app, desk);
    const files = browser
      ? serverFiles(browser, serverPath, studio.trans)
      : undefined;
    const adding = new AddDocuments(app, desk, files?.choose);
    addCommands(app.commands, desk, {
      documents,
      adding,
      show: () => app.shell.activateById(panel.id),
      files
    });
    if (restorer) {
      documents.restore(restorer);
      adding.restore(restorer);
    }
    studio.openers.add('ds_', CommandIDs.open);
    studio.openers.add('tk_', CommandIDs.open);

    const category = studio.trans.__('miStudio');
    for (const command of Object.values(CommandIDs)) {
      if (app.commands.hasCommand(command)) {
        palette?.addItem({ command, category });
      }
    }
  }
};
