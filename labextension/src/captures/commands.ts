import {
  addIcon,
  copyIcon,
  deleteIcon,
  downloadIcon,
  editIcon
} from '@jupyterlab/ui-components';
import { Clipboard, InputDialog } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Capture } from '../api/types';
import type { FormValue } from '../ui/formSchema';
import { CommandIDs, CREATE, ID, OPEN } from './commandIds';
import type { CapturesDesk } from './desk';
import type { CaptureDocuments } from './document/documents';
import type { Tab } from './document/tabNames';
import { captureIcon } from './icons';
import { addJobCommands } from './jobCommands';
import type { NewCaptures } from './making/newCaptures';
import type { Pointed } from './pointed';

/** All that can be done with captures, by name. */
export function addCommands(
  commands: CommandRegistry,
  desk: CapturesDesk,
  options: {
    documents: CaptureDocuments;
    making: NewCaptures;
    pointed: Pointed;
  }
): void {
  const { trans } = desk.studio;
  const { documents, making, pointed } = options;
  const chooseOne = trans.__('Select a capture, or open one, first.');
  const isPointed = (args: ReadonlyPartialJSONObject) => pointed(args) !== null;

  commands.addCommand(CommandIDs.create, {
    label: trans.__('New Capture…'),
    caption: trans.__('Capture the activations of a model over a text'),
    icon: addIcon,
    describedBy: CREATE,
    execute: async args => {
      const { draft, document, ...given } = args;
      const first =
        typeof draft === 'string' ? (JSON.parse(draft) as FormValue) : given;
      await making.open(first, document as string | undefined);
    }
  });
  commands.addCommand(CommandIDs.open, {
    label: trans.__('Open Capture'),
    caption: args =>
      isPointed(args)
        ? trans.__('Look at its statistics, vectors and facts')
        : chooseOne,
    icon: captureIcon,
    describedBy: OPEN,
    isEnabled: isPointed,
    execute: async args => {
      const id = pointed(args);
      if (id !== null) {
        await documents.open(id, args.tab as string | undefined);
      }
    }
  });
  const addTab = (
    id: string,
    tab: Tab,
    label: string,
    caption: string,
    icon: typeof addIcon
  ) =>
    commands.addCommand(id, {
      label,
      caption: args => (isPointed(args) ? caption : chooseOne),
      icon,
      describedBy: ID,
      isEnabled: isPointed,
      execute: async args => {
        const capture = pointed(args);
        if (capture !== null) {
          await documents.open(capture, tab);
        }
      }
    });
  addTab(
    CommandIDs.append,
    'append',
    trans.__('Add Tokens to Capture…'),
    trans.__('Capture more tokens of the same text'),
    addIcon
  );
  addTab(
    CommandIDs.exportFiles,
    'export',
    trans.__('Export Capture…'),
    trans.__('Write its vectors as npy or safetensors files'),
    downloadIcon
  );
  const addAction = (
    id: string,
    label: string,
    caption: string,
    icon: typeof addIcon,
    run: (capture: Capture) => Promise<unknown>
  ) =>
    commands.addCommand(id, {
      label,
      caption: args => (isPointed(args) ? caption : chooseOne),
      icon,
      describedBy: ID,
      isEnabled: isPointed,
      execute: async args => {
        const capture = await desk.known(pointed(args));
        if (capture) {
          await run(capture);
        }
      }
    });
  addAction(
    CommandIDs.rename,
    trans.__('Rename Capture…'),
    trans.__('Give it another name'),
    editIcon,
    async capture => {
      const { value } = await InputDialog.getText({
        title: trans.__('Rename the capture'),
        label: trans.__('Name'),
        text: capture.name
      });
      if (value !== null) {
        await desk.actions.rename(capture, value);
      }
    }
  );
  addAction(
    CommandIDs.remove,
    trans.__('Delete Capture…'),
    trans.__('Say what would go with it, and delete it'),
    deleteIcon,
    capture => desk.actions.remove([capture])
  );
  commands.addCommand(CommandIDs.copyId, {
    label: trans.__('Copy Id of Capture'),
    caption: args => (isPointed(args) ? trans.__('Copy its id') : chooseOne),
    icon: copyIcon,
    describedBy: ID,
    isEnabled: isPointed,
    execute: args => Clipboard.copyToSystem(pointed(args) ?? '')
  });
  addJobCommands(commands, desk, pointed);
}
