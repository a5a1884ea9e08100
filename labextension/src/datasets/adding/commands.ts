import { addIcon, fileUploadIcon, pasteIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IHubKind } from '../../hub/hubDialog';
import { hubIcon } from '../../hub/icon';
import { NONE } from '../../ui/objects/commandArgs';
import { ADD, CommandIDs } from '../commandIds';
import type { DatasetsDesk } from '../desk';
import { datasetsIcon } from '../icons';
import type { AddDocuments } from './addDocuments';
import type { Draft } from './arriving';
import { ACCEPTED, type IServerFiles } from './serverFiles';

/** All ways in which text becomes a dataset. */
export function addAddingCommands(
  commands: CommandRegistry,
  desk: DatasetsDesk,
  options: { adding: AddDocuments; show: () => void; files?: IServerFiles }
): void {
  const { trans } = desk.studio;
  const { actions } = desk;
  const { adding, show, files } = options;
  const add = (params: Draft) => actions.add(params);

  commands.addCommand(CommandIDs.addPath, {
    label: trans.__('Add a Dataset From the Server’s Files…'),
    caption: trans.__('Look at a file or folder on the server, and read it'),
    icon: addIcon,
    describedBy: ADD,
    execute: async args => {
      const { path, draft, id } = args as Record<string, string | undefined>;
      const given = draft ? (JSON.parse(draft) as Draft) : path ? { path } : {};
      await adding.open(given, id);
    }
  });
  commands.addCommand(CommandIDs.addHub, {
    label: trans.__('Add a Dataset From the Hub…'),
    caption: trans.__(
      'Download a dataset that others have shared, and read it'
    ),
    icon: hubIcon,
    describedBy: NONE,
    execute: async () => {
      const { askHub } = await import('../../hub/hubDialog');
      await askHub(desk.studio, hubDataset(trans, add));
    }
  });
  commands.addCommand(CommandIDs.upload, {
    label: trans.__('Upload a File as Dataset…'),
    caption: trans.__('Send files with text from your computer'),
    icon: fileUploadIcon,
    describedBy: NONE,
    execute: () => chooseLocal(chosen => actions.addFiles(chosen))
  });
  commands.addCommand(CommandIDs.paste, {
    label: trans.__('Paste Texts as Dataset…'),
    caption: trans.__('Make a dataset of texts that you type or paste'),
    icon: pasteIcon,
    describedBy: NONE,
    execute: async () => {
      const { askTexts } = await import('./addDialogs');
      await askTexts({ studio: desk.studio, add });
    }
  });
  commands.addCommand(CommandIDs.loadDemo, {
    label: trans.__('Load the Demo'),
    caption: trans.__(
      'A text whose concepts are known, a small model, its activations, and an SAE'
    ),
    icon: datasetsIcon,
    describedBy: NONE,
    execute: () => actions.loadDemo()
  });
  if (files) {
    commands.addCommand(CommandIDs.addSelectedFiles, {
      label: trans.__('Add to miStudio as Dataset'),
      caption: trans.__('Make a dataset of each selected file or folder'),
      icon: datasetsIcon,
      describedBy: NONE,
      isEnabled: () => files.selected().length > 0,
      execute: async () => {
        show();
        await actions.addPaths(files.selected());
      }
    });
  }
}

/** What is asked for a dataset of the hub. */
export function hubDataset(
  trans: TranslationBundle,
  add: (params: Draft) => Promise<void>
): IHubKind {
  return {
    kind: 'dataset',
    schema: 'AddDataset',
    fields: [
      'hub',
      'name',
      'config',
      'split',
      'revision',
      'row_limit',
      'rows',
      'columns',
      'separator',
      'split_column',
      'sample_by'
    ],
    title: trans.__('Add a dataset of the hub'),
    sayWhich: trans.__('Say which dataset.'),
    add
  };
}

/** The browser's own dialog for files of the reader's computer. */
function chooseLocal(then: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = ACCEPTED;
  input.onchange = () => then(Array.from(input.files ?? []));
  input.click();
}
