import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { only, pointedIn } from '../ui/objects/commandArgs';
import { addJobCommands } from '../ui/objects/jobCommands';
import { addListCommands, followSelection } from '../ui/objects/listCommands';
import type { AddDocuments } from './adding/addDocuments';
import { addAddingCommands } from './adding/commands';
import type { IServerFiles } from './adding/serverFiles';
import { CommandIDs, ID, OPEN } from './commandIds';
import type { DatasetsDesk } from './desk';
import type { Tab } from './document/tabNames';
import type { DatasetDocuments } from './document/documents';
import { datasetsIcon } from './icons';
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
  const { documents, adding, show, files } = options;
  const pointed = pointedIn(desk);
  const one = (args: ReadonlyPartialJSONObject): DatasetObject | null =>
    only(pointed(args));
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
  addMakingCommands(commands, desk, documents, one);
  addListCommands(
    commands,
    desk,
    {
      showPanel: {
        id: CommandIDs.showPanel,
        label: trans.__('Show Datasets'),
        caption: trans.__('Show the panel with the datasets'),
        icon: datasetsIcon
      },
      refresh: {
        id: CommandIDs.refresh,
        label: trans.__('Refresh Datasets'),
        caption: trans.__('Ask the server for all datasets again')
      },
      selectAll: {
        id: CommandIDs.selectAll,
        label: trans.__('Select All Datasets'),
        caption: trans.__('Select every row that the filter shows')
      },
      rename: {
        id: CommandIDs.rename,
        label: trans.__('Rename Dataset…'),
        caption: trans.__('Change its name in the panel')
      },
      remove: {
        id: CommandIDs.remove,
        label: trans.__('Delete Datasets…'),
        caption: trans.__('Say what would go with them, and delete them')
      },
      copyId: {
        id: CommandIDs.copyId,
        label: trans.__('Copy Id'),
        caption: trans.__('Copy the ids of what is selected')
      },
      chooseOne
    },
    { show, describedBy: ID }
  );
  addAddingCommands(commands, desk, { adding, show, files });
  addJobCommands(
    commands,
    desk,
    {
      pause: {
        id: CommandIDs.pause,
        label: trans.__('Pause the Job of a Dataset')
      },
      resume: {
        id: CommandIDs.resume,
        label: trans.__('Resume the Job of a Dataset')
      },
      cancel: {
        id: CommandIDs.cancel,
        label: trans.__('Cancel the Job of a Dataset…')
      },
      retry: {
        id: CommandIDs.retry,
        label: trans.__('Try the Job of a Dataset Again')
      }
    },
    ID
  );
  followSelection(commands, desk, Object.values(CommandIDs));
}
