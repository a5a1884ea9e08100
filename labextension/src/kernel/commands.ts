import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addBelowIcon,
  codeIcon,
  copyIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { IKernelHandoff, IStudioObject } from './tokens';

export namespace CommandIDs {
  export const insert = 'mistudio:insert-object';
  export const send = 'mistudio:send-object';
  export const copy = 'mistudio:copy-code';
}

const ARGS = {
  args: {
    type: 'object',
    properties: {
      objects: {
        type: 'array',
        description: 'The objects; left out: those that are selected.',
        items: {
          type: 'object',
          properties: {
            kind: { type: 'string' },
            id: { type: 'string' },
            name: { type: 'string' },
            detail: { type: 'string' }
          },
          required: ['kind', 'id', 'name', 'detail']
        }
      }
    }
  }
} as const;

/** What a panel's keyboard, menus and the palette can do with objects; the drag does the same by mouse. */
export function addCommands(
  commands: CommandRegistry,
  handoff: IKernelHandoff,
  trans: TranslationBundle
): void {
  const given = (args: ReadonlyPartialJSONObject) =>
    (args.objects as readonly IStudioObject[] | undefined) ?? handoff.selected;
  const add = (
    id: string,
    command: {
      label: string;
      caption: string;
      icon: LabIcon;
      /** Why it cannot be done now; null where it can. */
      blocked: () => string | null;
      run: (objects: readonly IStudioObject[]) => unknown;
    }
  ) => {
    const blocked = (args: ReadonlyPartialJSONObject) =>
      given(args).length
        ? command.blocked()
        : trans.__('Select something in a panel of miStudio first.');
    commands.addCommand(id, {
      label: command.label,
      caption: args => blocked(args) ?? command.caption,
      icon: command.icon,
      describedBy: ARGS,
      isEnabled: args => blocked(args) === null,
      execute: args => command.run(given(args))
    });
  };
  add(CommandIDs.insert, {
    label: trans.__('Insert into Notebook'),
    caption: trans.__('Insert the code that fetches the selected objects.'),
    icon: addBelowIcon,
    blocked: () => handoff.insertBlocked(),
    run: objects => handoff.insert(objects)
  });
  add(CommandIDs.send, {
    label: trans.__('Send to Kernel'),
    caption: trans.__(
      'Make the selected objects variables of the active kernel.'
    ),
    icon: codeIcon,
    blocked: () => handoff.sendBlocked(),
    run: objects => handoff.send(objects)
  });
  add(CommandIDs.copy, {
    label: trans.__('Copy as Code'),
    caption: trans.__('Copy the code that fetches the selected objects.'),
    icon: copyIcon,
    blocked: () => null,
    run: objects => handoff.copy(objects)
  });
  // Each by its id: without one, all toolbars of the page are drawn again.
  handoff.selectedChanged.connect(() => {
    for (const id of Object.values(CommandIDs)) {
      commands.notifyCommandChanged(id);
    }
  });
}
