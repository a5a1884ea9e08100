import { downloadIcon, folderIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Sae } from '../api/types';
import { only, pointedIn } from '../ui/objects/commandArgs';
import { CommandIDs, FOLDER, ID } from './commandIds';
import type { TrainingDesk } from './desk';
import { isTraining } from './model';

/** How SAEs come into the workspace, and leave it. */
export function addSaeCommands(
  commands: CommandRegistry,
  desk: TrainingDesk
): void {
  const { trans } = desk.studio;
  const pointed = pointedIn(desk);
  commands.addCommand(CommandIDs.importSae, {
    label: trans.__('Import an SAE…'),
    caption: trans.__(
      'Take over the folder of an SAE that miStudio or SAELens saved'
    ),
    icon: folderIcon,
    describedBy: FOLDER,
    execute: async args => {
      const { askImport } = await import('./dialogs');
      const first = typeof args.path === 'string' ? { path: args.path } : {};
      await askImport(desk, first);
    }
  });
  const saeOf = (args: ReadonlyPartialJSONObject): Sae | null => {
    const object = only(pointed(args));
    return object && !isTraining(object) && object.state === 'ready'
      ? object
      : null;
  };
  commands.addCommand(CommandIDs.exportSae, {
    label: trans.__('Export SAE…'),
    caption: args =>
      saeOf(args)
        ? trans.__('Write it to a folder as SAELens reads it')
        : trans.__('Select one SAE that is ready first.'),
    icon: downloadIcon,
    describedBy: ID,
    isEnabled: args => saeOf(args) !== null,
    execute: async args => {
      const sae = saeOf(args);
      if (sae) {
        const { askExport } = await import('./dialogs');
        await askExport(desk, sae);
      }
    }
  });
  commands.addCommand(CommandIDs.downloadSae, {
    label: trans.__('Download SAE'),
    caption: args =>
      saeOf(args)
        ? trans.__('Have the browser fetch its files, as one archive')
        : trans.__('Select one SAE that is ready first.'),
    icon: downloadIcon,
    describedBy: ID,
    isEnabled: args => saeOf(args) !== null,
    execute: args => {
      const sae = saeOf(args);
      if (sae) {
        desk.actions.download(sae);
      }
    }
  });
}
