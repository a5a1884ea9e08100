/* eslint-disable jupyter/prefer-lazy-imports -- The hand-off is what this plugin provides: panels need it at once. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IMiStudio } from '../tokens';
import { addCommands, CommandIDs } from './commands';
import { KernelHandoff } from './handoff';
import { HandoffTarget } from './target';
import { terminalAt } from './terminals';
import { IKernelHandoff } from './tokens';

export { IKernelHandoff, type IObjectForm, type IStudioObject } from './tokens';

export const kernelPlugin: JupyterFrontEndPlugin<IKernelHandoff> = {
  id: 'mistudio-labextension:kernel',
  description:
    'Carries objects of miStudio into notebooks, consoles and their kernels.',
  autoStart: true,
  requires: [IMiStudio],
  optional: [INotebookTracker, IConsoleTracker, ICommandPalette],
  provides: IKernelHandoff,
  activate: (
    app: JupyterFrontEnd,
    studio: IMiStudio,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    palette: ICommandPalette | null
  ): IKernelHandoff => {
    const { trans } = studio;
    // A kernel must be told of the folder only when the server works in another than the default.
    let path: string | null = null;
    const learn = async () => {
      try {
        const system = await studio.system();
        path = system.default_workspace ? null : system.workspace;
      } catch {
        // The panels say that the server is away; what was known of it stays true.
      }
    };
    void learn();
    studio.systemChanged.connect(() => void learn());

    const target = new HandoffTarget({
      notebooks,
      consoles,
      shell: app.shell,
      trans
    });
    const handoff = new KernelHandoff({
      target,
      trans,
      workspace: () => path,
      terminalAt: element => terminalAt(app.shell, element)
    });
    addCommands(app.commands, handoff, trans);
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('miStudio') });
    }
    return handoff;
  }
};
