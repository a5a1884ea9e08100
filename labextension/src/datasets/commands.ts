import { Clipboard } from '@jupyterlab/apputils';
import {
  copyIcon,
  deleteIcon,
  editIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { AddDocuments } from './adding/addDocuments';
import { addAddingCommands } from './adding/commands';
import type { IServerFiles } from './adding/serverFiles';
import { CommandIDs, ID, NONE, OPEN, type Pointed } from './commandIds';
import type { DatasetsDesk } from './desk';
import type { Tab } from './document/tabNames';
import type { DatasetDocuments } from './document/documents';
import { datasetsIcon } from './icons';
import { addJobCommands } from './jobCommands';
import { addMakingCommands } from './makingCommands';
import type { DatasetObject } from './model';

export function addCommands(
  commands: CommandRegistry,
  desk: DatasetsDesk,
  options: {
    documents: DatasetDocuments;
    adding: AddDocuments;
    show: () => void;
    files?: IServerFiles;
  }
): void {
  const { trans } = desk.studio;
  const { model, state, actions } = desk;
  const { documents, adding, show, files } = options;
  const pointed: Pointed = args => {
    if (typeof args.id !== 'string') {
      return state.targets;
    }
    const object = model.find(args.id);
    return object ? [object] : [];
  };
  const one = (args: ReadonlyPartialJSONObject): DatasetObject | null => {
    const objects = pointed(args);
    return objects.length === 1 ? objects[0] : null;
  };
  const chooseOne = trans.__(
    'Select one dataset or tokenization in the panel first.'
  );

  commands.addCommand(CommandIDs.open, {
    label: trans.__('Open Dataset'),
    caption: args =>
      args.id || one(args)
        ? trans.__('Look at its samples, tokenizations and facts')
        : chooseOne,
    icon: datasetsIcon,
    describedBy: OPEN,
    isEnabled: args => !!args.id || one(args) !== null,
    execute: args => {
      const id = (args.id as string | undefined) ?? one(args)?.id;
      return id ? documents.open(id, args.tab as Tab | undefined) : undefined;
    }
  });
  commands.addCommand(CommandIDs.showPanel, {
    label: trans.__('Show Datasets'),
    caption: trans.__('Show the panel with the datasets'),
    icon: datasetsIcon,
    describedBy: NONE,
    execute: show
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Datasets'),
    caption: trans.__('Ask the server for all datasets again'),
    icon: refreshIcon,
    describedBy: NONE,
    execute: () => model.refresh()
  });
  commands.addCommand(CommandIDs.selectAll, {
    label: trans.__('Select All Datasets'),
    caption: trans.__('Select every row that the filter shows'),
    describedBy: NONE,
    isEnabled: () => model.datasets.length > 0,
    execute: () => state.selectAll()
  });
  addMakingCommands(commands, desk, documents, one);
  commands.addCommand(CommandIDs.rename, {
    label: trans.__('Rename Dataset…'),
    caption: args =>
      one(args) ? trans.__('Change its name in the panel') : chooseOne,
    icon: editIcon,
    describedBy: ID,
    isEnabled: args => one(args) !== null,
    execute: args => {
      const object = one(args);
      if (object) {
        show();
        state.renaming = object.id;
      }
    }
  });
  commands.addCommand(CommandIDs.remove, {
    label: trans.__('Delete Datasets…'),
    caption: args =>
      pointed(args).length
        ? trans.__('Say what would go with them, and delete them')
        : trans.__('Select something in the panel first.'),
    icon: deleteIcon,
    describedBy: ID,
    isEnabled: args => pointed(args).length > 0,
    execute: args => actions.remove(pointed(args))
  });
  commands.addCommand(CommandIDs.copyId, {
    label: trans.__('Copy Id'),
    caption: args =>
      pointed(args).length
        ? trans.__('Copy the ids of what is selected')
        : trans.__('Select something in the panel first.'),
    icon: copyIcon,
    describedBy: ID,
    isEnabled: args => pointed(args).length > 0,
    execute: args =>
      Clipboard.copyToSystem(
        pointed(args)
          .map(each => each.id)
          .join('\n')
      )
  });
  addAddingCommands(commands, desk, { adding, show, files });
  addJobCommands(commands, desk, pointed);
  // Each by its id: without one, all toolbars of the page are drawn again.
  state.changed.connect(() => {
    for (const id of Object.values(CommandIDs)) {
      if (commands.hasCommand(id)) {
        commands.notifyCommandChanged(id);
      }
    }
  });
}
