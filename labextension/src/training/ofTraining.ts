import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Training } from '../api/types';
import { only, pointedIn } from '../ui/objects/commandArgs';
import { ID } from './commandIds';
import type { TrainingDesk } from './desk';
import { isTraining, type TrainingObject } from './model';

type Args = ReadonlyPartialJSONObject;

/** A command on one training, which may have a reason against it. */
export function addOfTraining(
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
