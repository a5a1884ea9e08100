import { addIcon, copyIcon, type LabIcon } from '@jupyterlab/ui-components';
import { Clipboard } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IKernelHandoff } from '../kernel/tokens';
import type { FormValue } from '../ui/formSchema';
import { only, pointedIn } from '../ui/objects/commandArgs';
import { addListCommands, followSelection } from '../ui/objects/listCommands';
import { CAPTURE, CommandIDs, CREATE, ID, OPEN } from './commandIds';
import type { TrainingDesk } from './desk';
import type { SaeDocuments, TrainingDocuments } from './document/documents';
import { saeIcon, trainingIcon } from './icons';
import { draftOf } from './making/draft';
import type { NewTrainings } from './making/newTrainings';
import { addOfTraining } from './ofTraining';
import { addRunCommands } from './runCommands';
import { addSaeCommands } from './saeCommands';

interface IOptions {
  documents: TrainingDocuments;
  saes: SaeDocuments;
  making: NewTrainings;
  show: () => void;
  handoff: IKernelHandoff | null;
}

type Args = ReadonlyPartialJSONObject;

/** All that can be done with trainings and SAEs, by name. */
export function addCommands(
  commands: CommandRegistry,
  desk: TrainingDesk,
  options: IOptions
): void {
  addOpening(commands, desk, options);
  addMaking(commands, desk, options);
  addRunCommands(commands, desk);
  addSaeCommands(commands, desk);
  addLists(commands, desk, options.show);
  followSelection(commands, desk, Object.values(CommandIDs));
}

function addOpening(
  commands: CommandRegistry,
  desk: TrainingDesk,
  { documents, saes }: IOptions
): void {
  const { trans } = desk.studio;
  const pointed = pointedIn(desk);
  const chooseOne = trans.__('Select one training or SAE in the panel first.');
  const isOne = (args: Args) => !!args.id || only(pointed(args)) !== null;
  const add = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon
  ): void => {
    commands.addCommand(id, {
      label,
      caption: args => (isOne(args) ? caption : chooseOne),
      icon,
      describedBy: OPEN,
      isEnabled: isOne,
      execute: async args => {
        const wanted =
          (args.id as string | undefined) ?? only(pointed(args))?.id;
        if (wanted) {
          const home = wanted.startsWith('sa_') ? saes : documents;
          await home.open(wanted, args.tab as string | undefined);
        }
      }
    });
  };
  add(
    CommandIDs.open,
    trans.__('Open Training'),
    trans.__('Look at its curves, health, checkpoints and log'),
    trainingIcon
  );
  add(
    CommandIDs.openSae,
    trans.__('Open SAE'),
    trans.__('Look at what it is and where it is from'),
    saeIcon
  );
}

function addMaking(
  commands: CommandRegistry,
  desk: TrainingDesk,
  { making, handoff }: IOptions
): void {
  const { trans } = desk.studio;
  commands.addCommand(CommandIDs.create, {
    label: trans.__('New Training…'),
    caption: trans.__(
      'Train SAEs on captured activations, or on a model directly'
    ),
    icon: addIcon,
    describedBy: CREATE,
    execute: async args => {
      const { draft, document, capture } = args;
      const first =
        typeof draft === 'string'
          ? (JSON.parse(draft) as FormValue)
          : typeof capture === 'string'
            ? { sources: [{ capture }] }
            : {};
      await making.open(first, document as string | undefined);
    }
  });
  const captureOf = (args: Args): string | null => {
    if (typeof args.capture === 'string') {
      return args.capture;
    }
    const selected = handoff?.selected ?? [];
    return selected.length === 1 && selected[0].kind === 'capture'
      ? selected[0].id
      : null;
  };
  commands.addCommand(CommandIDs.trainOn, {
    label: trans.__('Train SAEs on Capture…'),
    caption: args =>
      captureOf(args) === null
        ? trans.__('Select a capture, or open one, first.')
        : trans.__('Choose what shall learn from it'),
    icon: trainingIcon,
    describedBy: CAPTURE,
    isEnabled: args => captureOf(args) !== null,
    execute: async args => {
      const capture = captureOf(args);
      if (capture !== null) {
        await making.open({ sources: [{ capture }] });
      }
    }
  });
  desk.targetChanged.connect(() =>
    commands.notifyCommandChanged(CommandIDs.trainOn)
  );
  addOfTraining(commands, desk, {
    id: CommandIDs.clone,
    label: trans.__('Clone Training…'),
    caption: trans.__('Change some of its parameters, and train anew'),
    icon: copyIcon,
    run: training => making.open(draftOf(training))
  });
  addOfTraining(commands, desk, {
    id: CommandIDs.copyCode,
    label: trans.__('Copy Training as Code'),
    caption: trans.__('Copy the line of Python that trains the same'),
    icon: copyIcon,
    run: async training => {
      const { trainingCode } = await import('./making/code');
      const code = await trainingCode(desk.studio, draftOf(training));
      Clipboard.copyToSystem(code);
    }
  });
}

function addLists(
  commands: CommandRegistry,
  desk: TrainingDesk,
  show: () => void
): void {
  const { trans } = desk.studio;
  addListCommands(
    commands,
    desk,
    {
      showPanel: {
        id: CommandIDs.showPanel,
        label: trans.__('Show Training'),
        caption: trans.__('Show the panel with the trainings'),
        icon: trainingIcon
      },
      refresh: {
        id: CommandIDs.refresh,
        label: trans.__('Refresh Trainings'),
        caption: trans.__('Ask the server for all trainings again')
      },
      selectAll: {
        id: CommandIDs.selectAll,
        label: trans.__('Select All Trainings'),
        caption: trans.__('Select every row that the filter shows')
      },
      rename: {
        id: CommandIDs.rename,
        label: trans.__('Rename Training…'),
        caption: trans.__('Change its name in the panel')
      },
      remove: {
        id: CommandIDs.remove,
        label: trans.__('Delete Trainings…'),
        caption: trans.__('Say what would go with them, and delete them')
      },
      copyId: {
        id: CommandIDs.copyId,
        label: trans.__('Copy Id of Training'),
        caption: trans.__('Copy the ids of what is selected')
      },
      chooseOne: trans.__('Select one training or SAE in the panel first.')
    },
    { show, describedBy: ID }
  );
}
