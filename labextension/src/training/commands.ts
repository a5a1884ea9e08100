import {
  addIcon,
  copyIcon,
  downloadIcon,
  folderIcon,
  stopIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import { Clipboard } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Sae, Training } from '../api/types';
import type { IKernelHandoff } from '../kernel/tokens';
import type { FormValue } from '../ui/formSchema';
import { only, pointedIn, type Pointed } from '../ui/objects/commandArgs';
import { addJobCommands } from '../ui/objects/jobCommands';
import { addListCommands, followSelection } from '../ui/objects/listCommands';
import { workOf } from '../ui/objects/words';
import { CAPTURE, CommandIDs, CREATE, FOLDER, ID, OPEN } from './commandIds';
import type { TrainingDesk } from './desk';
import type { SaeDocuments, TrainingDocuments } from './document/documents';
import { checkpointIcon, saeIcon, trainingIcon } from './icons';
import { draftOf } from './making/draft';
import type { NewTrainings } from './making/newTrainings';
import { isTraining, type TrainingObject } from './model';

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
  addRunning(commands, desk);
  addSaes(commands, desk);
  addLists(commands, desk, options.show);
  followSelection(commands, desk, Object.values(CommandIDs));
}

/** A training or an SAE given by id may not be known yet: it is asked for. */
async function known(
  desk: TrainingDesk,
  args: Args
): Promise<TrainingObject | null> {
  if (typeof args.id === 'string' && !desk.model.find(args.id)) {
    await desk.model.refresh();
  }
  return only(pointedIn(desk)(args));
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
    caption: trans.__('Train SAEs on a capture of activations'),
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

function addRunning(commands: CommandRegistry, desk: TrainingDesk): void {
  const { trans } = desk.studio;
  addOfTraining(commands, desk, {
    id: CommandIDs.extend,
    label: trans.__('Extend Training…'),
    caption: trans.__('Go on with it for more steps'),
    icon: addIcon,
    why: training =>
      training.state === 'ready' && !workOf(training)
        ? null
        : trans.__('It has not come to an end.'),
    run: async training => {
      const { askExtend } = await import('./dialogs');
      await askExtend(desk, training);
    }
  });
  addOfTraining(commands, desk, {
    id: CommandIDs.checkpoint,
    label: trans.__('Save a Checkpoint of Training'),
    caption: trans.__('Save one now; it stays'),
    icon: checkpointIcon,
    why: training =>
      workOf(training)?.state === 'running'
        ? null
        : trans.__('It is not running.'),
    run: training => desk.actions.checkpoint(training)
  });
  addOfTraining(commands, desk, {
    id: CommandIDs.stop,
    label: trans.__('Stop Training and Keep It'),
    caption: trans.__('End it here, and keep what was learned'),
    icon: stopIcon,
    why: ({ job }) =>
      job === null ? trans.__('It has no job.') : (job.controls.stop ?? null),
    run: training => desk.actions.control(training, 'stop')
  });
  const trainingsIn: Pointed<TrainingObject> = pointedIn(desk);
  addJobCommands(
    commands,
    desk,
    {
      pause: {
        id: CommandIDs.pause,
        label: trans.__('Pause Training')
      },
      resume: {
        id: CommandIDs.resume,
        label: trans.__('Resume Training')
      },
      cancel: {
        id: CommandIDs.cancel,
        label: trans.__('Cancel Training…')
      },
      retry: {
        id: CommandIDs.retry,
        label: trans.__('Try Training Again')
      }
    },
    ID,
    trainingsIn
  );
}

function addSaes(commands: CommandRegistry, desk: TrainingDesk): void {
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
  const saeOf = (args: Args): Sae | null => {
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

/** A command on one training, which may have a reason against it. */
function addOfTraining(
  commands: CommandRegistry,
  desk: TrainingDesk,
  options: {
    id: string;
    label: string;
    caption: string;
    icon: LabIcon;
    why?: (training: Training) => string | null;
    run: (training: Training) => Promise<unknown>;
  }
): void {
  const { trans } = desk.studio;
  const pointed = pointedIn(desk);
  const one = (args: Args): Training | null => {
    const object = only(pointed(args));
    return object && isTraining(object) ? object : null;
  };
  const blocked = (args: Args): string | null => {
    const training = one(args);
    return training
      ? (options.why?.(training) ?? null)
      : trans.__('Select one training in the panel first.');
  };
  commands.addCommand(options.id, {
    label: options.label,
    caption: args => blocked(args) ?? options.caption,
    icon: options.icon,
    describedBy: ID,
    isEnabled: args =>
      blocked(args) === null ||
      // It may be one that was not heard of yet.
      (typeof args.id === 'string' && !desk.model.find(args.id)),
    execute: async args => {
      const object = await known(desk, args);
      if (object && isTraining(object) && blocked(args) === null) {
        await options.run(object);
      }
    }
  });
}
