/* eslint-disable jupyter/prefer-lazy-imports -- Commands must be known from the start; documents come when they are opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IKernelHandoff } from '../kernel/tokens';
import { IMiStudio } from '../tokens';
import { folderChooser } from '../ui/serverFolder';
import { CommandIDs } from './commandIds';
import { addCommands } from './commands';
import { CapturesDesk } from './desk';
import { CaptureDocuments } from './document/documents';
import { NewCaptures } from './making/newCaptures';
import { pointedBy } from './pointed';

/** Activations of models over texts: made, looked at, exported. */
export const capturesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:captures',
  description: 'Makes and shows the captures of miStudio.',
  autoStart: true,
  requires: [IMiStudio],
  optional: [
    IKernelHandoff,
    ICommandPalette,
    ILayoutRestorer,
    IDefaultFileBrowser
  ],
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    handoff: IKernelHandoff | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    handoff?.register({ kind: 'capture', noun: 'capture', getter: 'capture' });

    const desk = new CapturesDesk({
      studio,
      commands: app.commands,
      handoff,
      // A drive's name goes from the path.
      choose: browser
        ? folderChooser(
            browser,
            studio.trans.__('Choose a folder for the files'),
            path => app.serviceManager.contents.localPath(path)
          )
        : undefined
    });
    const documents = new CaptureDocuments(app, desk);
    const making = new NewCaptures(app, desk);
    addCommands(app.commands, desk, {
      documents,
      making,
      pointed: pointedBy(handoff)
    });
    if (restorer) {
      documents.restore(restorer);
      making.restore(restorer);
    }
    studio.openers.add('cp_', CommandIDs.open);
    // Each by its id: without one, all toolbars of the page are drawn again.
    desk.targetChanged.connect(() => {
      for (const id of Object.values(CommandIDs)) {
        app.commands.notifyCommandChanged(id);
      }
    });

    const category = studio.trans.__('miStudio');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
  }
};
