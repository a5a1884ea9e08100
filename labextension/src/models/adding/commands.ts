import { folderIcon, listIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IHubKind } from '../../hub/hubDialog';
import { hubIcon } from '../../hub/icon';
import type { FormValue } from '../../ui/formSchema';
import { NONE } from '../../ui/objects/commandArgs';
import { CommandIDs, PATH } from '../commandIds';
import type { ModelsDesk } from '../desk';
import type { ChooseFolder } from './folderDialog';

/** All ways in which a model comes into the workspace. */
export function addAddingCommands(
  commands: CommandRegistry,
  desk: ModelsDesk,
  choose?: ChooseFolder
): void {
  const { studio } = desk;
  const { trans } = studio;
  const add = (params: FormValue) => desk.actions.add(params);

  commands.addCommand(CommandIDs.addHub, {
    label: trans.__('Add a Model From the Hub…'),
    caption: trans.__('Download a model that others have shared'),
    icon: hubIcon,
    describedBy: NONE,
    execute: async () => {
      const { askHub } = await import('../../hub/hubDialog');
      await askHub(studio, hubModel(trans, add));
    }
  });
  commands.addCommand(CommandIDs.addPath, {
    label: trans.__('Add a Model From a Folder…'),
    caption: trans.__('Link a folder on the server that has a model in it'),
    icon: folderIcon,
    describedBy: PATH,
    execute: async args => {
      const { askFolder } = await import('./folderDialog');
      const first = typeof args.path === 'string' ? { path: args.path } : {};
      await askFolder({ studio, add, first, choose });
    }
  });
  commands.addCommand(CommandIDs.addCached, {
    label: trans.__('Add a Model From the Hub’s Cache…'),
    caption: trans.__('Link a model that another tool has downloaded already'),
    icon: listIcon,
    describedBy: NONE,
    execute: async () => {
      const { askCached } = await import('./cacheDialog');
      await askCached({ studio, add });
    }
  });
}

/** What is asked for a model of the hub. */
export function hubModel(
  trans: TranslationBundle,
  add: (params: FormValue) => Promise<void>
): IHubKind {
  return {
    kind: 'model',
    schema: 'AddModel',
    fields: ['hub', 'revision', 'precision', 'name'],
    title: trans.__('Add a model of the hub'),
    sayWhich: trans.__('Say which model.'),
    add
  };
}
