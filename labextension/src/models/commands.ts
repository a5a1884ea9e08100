import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Model } from '../api/types';
import { captureIcon } from '../captures/icons';
import { only, pointedIn } from '../ui/objects/commandArgs';
import { addJobCommands } from '../ui/objects/jobCommands';
import { addListCommands, followSelection } from '../ui/objects/listCommands';
import { addAddingCommands } from './adding/commands';
import type { ChooseFolder } from './adding/folderDialog';
import { CommandIDs, ID, OPEN } from './commandIds';
import type { ModelsDesk } from './desk';
import type { ModelDocuments } from './document/documents';
import { modelsIcon, tryIcon } from './icons';
import { isModel, type ModelObject } from './model';

export function addCommands(
  commands: CommandRegistry,
  desk: ModelsDesk,
  options: {
    documents: ModelDocuments;
    show: () => void;
    /** Absent where there is no file browser. */
    choose?: ChooseFolder;
  }
): void {
  const { trans } = desk.studio;
  const { documents, show, choose } = options;
  const pointed = pointedIn(desk);
  const one = (args: ReadonlyPartialJSONObject): ModelObject | null =>
    only(pointed(args));
  const chooseOne = trans.__('Select one model or capture in the panel first.');

  commands.addCommand(CommandIDs.open, {
    label: trans.__('Open Model'),
    caption: args =>
      args.id || one(args)
        ? trans.__('Look at its architecture, facts and captures, and try it')
        : chooseOne,
    icon: modelsIcon,
    describedBy: OPEN,
    isEnabled: args => !!args.id || one(args) !== null,
    execute: async args => {
      const object = one(args);
      if (object && !isModel(object)) {
        desk.actions.open(object);
        return;
      }
      const id = (args.id as string | undefined) ?? object?.id;
      if (id) {
        await documents.open(id, args.tab as string | undefined);
      }
    }
  });
  const addOfReady = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    run: (model: Model) => void
  ) => {
    const ready = (args: ReadonlyPartialJSONObject): Model | null => {
      const object = one(args);
      return object && isModel(object) && object.state === 'ready'
        ? object
        : null;
    };
    commands.addCommand(id, {
      label,
      caption: args =>
        ready(args)
          ? caption
          : trans.__('Select one model that is ready first.'),
      icon,
      describedBy: ID,
      isEnabled: args => ready(args) !== null,
      execute: args => {
        const model = ready(args);
        if (model) {
          run(model);
        }
      }
    });
  };
  addOfReady(
    CommandIDs.tryOut,
    trans.__('Try Model'),
    trans.__('Let it go on from a text, or answer it'),
    tryIcon,
    model => desk.actions.openTab(model.id, 'try')
  );
  addOfReady(
    CommandIDs.capture,
    trans.__('Capture Activations of Model…'),
    trans.__('Choose where it is read, and over which text'),
    captureIcon,
    model => desk.actions.capture(model.id)
  );
  addListCommands(
    commands,
    desk,
    {
      showPanel: {
        id: CommandIDs.showPanel,
        label: trans.__('Show Models'),
        caption: trans.__('Show the panel with the models'),
        icon: modelsIcon
      },
      refresh: {
        id: CommandIDs.refresh,
        label: trans.__('Refresh Models'),
        caption: trans.__('Ask the server for all models again')
      },
      selectAll: {
        id: CommandIDs.selectAll,
        label: trans.__('Select All Models'),
        caption: trans.__('Select every row that the filter shows')
      },
      rename: {
        id: CommandIDs.rename,
        label: trans.__('Rename Model…'),
        caption: trans.__('Change its name in the panel')
      },
      remove: {
        id: CommandIDs.remove,
        label: trans.__('Delete Models…'),
        caption: trans.__('Say what would go with them, and delete them')
      },
      copyId: {
        id: CommandIDs.copyId,
        label: trans.__('Copy Id of Model'),
        caption: trans.__('Copy the ids of what is selected')
      },
      chooseOne
    },
    { show, describedBy: ID }
  );
  addAddingCommands(commands, desk, choose);
  addJobCommands(
    commands,
    desk,
    {
      pause: {
        id: CommandIDs.pause,
        label: trans.__('Pause the Job of a Model')
      },
      resume: {
        id: CommandIDs.resume,
        label: trans.__('Resume the Job of a Model')
      },
      cancel: {
        id: CommandIDs.cancel,
        label: trans.__('Cancel the Job of a Model…')
      },
      retry: {
        id: CommandIDs.retry,
        label: trans.__('Try the Job of a Model Again')
      }
    },
    ID
  );
  followSelection(commands, desk, Object.values(CommandIDs));
}
