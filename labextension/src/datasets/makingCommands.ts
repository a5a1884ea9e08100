import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs, ID } from './commandIds';
import type { DatasetsDesk } from './desk';
import type { Tab } from './document/tabNames';
import type { DatasetDocuments } from './document/documents';
import { arrangeIcon, cleanIcon, tokenizationIcon } from './icons';
import { isDataset, type DatasetObject } from './model';

/** What can be made of a dataset: each is a form in the dataset's document. */
export function addMakingCommands(
  commands: CommandRegistry,
  desk: DatasetsDesk,
  documents: DatasetDocuments,
  one: (args: ReadonlyPartialJSONObject) => DatasetObject | null
): void {
  const { trans } = desk.studio;
  const add = (
    id: string,
    tab: Tab,
    label: string,
    caption: string,
    icon: LabIcon
  ) => {
    const ready = (args: ReadonlyPartialJSONObject): DatasetObject | null => {
      const object = one(args);
      return object && isDataset(object) && object.state === 'ready'
        ? object
        : null;
    };
    commands.addCommand(id, {
      label,
      caption: args =>
        ready(args)
          ? caption
          : trans.__('Select one dataset that is ready first.'),
      icon,
      describedBy: ID,
      isEnabled: args => ready(args) !== null,
      execute: async args => {
        const object = ready(args);
        if (object) {
          const { content } = await documents.open(object.id, tab);
          if (tab === 'tokenizations') {
            content.document.beginTokenize();
          }
        }
      }
    });
  };
  add(
    CommandIDs.tokenize,
    'tokenizations',
    trans.__('Tokenize Dataset…'),
    trans.__('Cut its text into tokens for a model'),
    tokenizationIcon
  );
  add(
    CommandIDs.clean,
    'clean',
    trans.__('Clean Dataset…'),
    trans.__('Make a cleaned copy, with a look at what would change'),
    cleanIcon
  );
  add(
    CommandIDs.arrange,
    'arrange',
    trans.__('Shuffle and Split Dataset…'),
    trans.__('Make a copy in another order, in splits, or shorter'),
    arrangeIcon
  );
}
