import { Clipboard } from '@jupyterlab/apputils';
import {
  addIcon,
  copyIcon,
  deleteIcon,
  editIcon,
  fileUploadIcon,
  pasteIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ChooseFile } from './addDialogs';
import { CommandIDs, ID, NONE, OPEN, type Pointed } from './commandIds';
import type { DatasetsDesk } from './desk';
import type { Tab } from './documentModel';
import type { DatasetDocuments } from './documents';
import { datasetsIcon, hubIcon, tokenizationIcon } from './icons';
import { addJobCommands } from './jobCommands';
import { isDataset, type DatasetObject } from './model';

/** The files of the server that are marked in JupyterLab's own browser. */
export interface IServerFiles {
  selected(): string[];
  choose: ChooseFile;
}

export function addCommands(
  commands: CommandRegistry,
  desk: DatasetsDesk,
  options: {
    documents: DatasetDocuments;
    show: () => void;
    files?: IServerFiles;
  }
): void {
  const { trans } = desk.studio;
  const { model, state, actions } = desk;
  const { documents, show, files } = options;
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
  const add = (params: Parameters<typeof actions.add>[0]) =>
    actions.add(params);

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
  commands.addCommand(CommandIDs.addPath, {
    label: trans.__('Add a Dataset From a File on the Server…'),
    caption: trans.__('Read a .txt or .jsonl file that the server can see'),
    icon: addIcon,
    describedBy: NONE,
    execute: async () => {
      const { askPath } = await import('./addDialogs');
      await askPath({ studio: desk.studio, add, choose: files?.choose });
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
      const { askHub } = await import('./hubDialog');
      await askHub({ studio: desk.studio, add });
    }
  });
  commands.addCommand(CommandIDs.upload, {
    label: trans.__('Upload a File as Dataset…'),
    caption: trans.__('Send .txt or .jsonl files from your computer'),
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
  commands.addCommand(CommandIDs.tokenize, {
    label: trans.__('Tokenize Dataset…'),
    caption: args =>
      one(args)?.state === 'ready'
        ? trans.__('Cut its text into tokens for a model')
        : trans.__('Select one dataset that is ready first.'),
    icon: tokenizationIcon,
    describedBy: ID,
    isEnabled: args => {
      const object = one(args);
      return object !== null && isDataset(object) && object.state === 'ready';
    },
    execute: async args => {
      const object = one(args);
      if (object) {
        const { content } = await documents.open(object.id, 'tokenizations');
        content.document.beginTokenize();
      }
    }
  });
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
  if (files) {
    commands.addCommand(CommandIDs.addSelectedFiles, {
      label: trans.__('Add to Datasets'),
      caption: trans.__('Make a dataset of each selected .txt or .jsonl file'),
      icon: datasetsIcon,
      describedBy: NONE,
      isEnabled: () => files.selected().length > 0,
      execute: async () => {
        show();
        await actions.addPaths(files.selected());
      }
    });
  }
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

/** The browser's own dialog for files of the reader's computer. */
function chooseLocal(then: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.txt,.jsonl';
  input.onchange = () => then(Array.from(input.files ?? []));
  input.click();
}
