import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DisposableSet, type IDisposable } from '@lumino/disposable';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addBelowIcon, codeIcon, copyIcon } from '@jupyterlab/ui-components';
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
): IDisposable {
  const given = (args: ReadonlyPartialJSONObject) =>
    (args.objects as readonly IStudioObject[] | undefined) ?? handoff.selected;
  const nothing = () =>
    trans.__('Select something in a panel of miStudio first.');
  const blockedOr = (blocked: string | null, caption: string) =>
    blocked ?? caption;

  const added = new DisposableSet();
  added.add(
    commands.addCommand(CommandIDs.insert, {
      label: trans.__('Insert into Notebook'),
      caption: args =>
        given(args).length
          ? blockedOr(
              handoff.insertBlocked(),
              trans.__('Insert the code that fetches the selected objects.')
            )
          : nothing(),
      icon: addBelowIcon,
      describedBy: ARGS,
      isEnabled: args =>
        given(args).length > 0 && handoff.insertBlocked() === null,
      execute: args => handoff.insert(given(args))
    })
  );
  added.add(
    commands.addCommand(CommandIDs.send, {
      label: trans.__('Send to Kernel'),
      caption: args =>
        given(args).length
          ? blockedOr(
              handoff.sendBlocked(),
              trans.__(
                'Make the selected objects variables of the active kernel.'
              )
            )
          : nothing(),
      icon: codeIcon,
      describedBy: ARGS,
      isEnabled: args =>
        given(args).length > 0 && handoff.sendBlocked() === null,
      execute: args => handoff.send(given(args))
    })
  );
  added.add(
    commands.addCommand(CommandIDs.copy, {
      label: trans.__('Copy as Code'),
      caption: args =>
        given(args).length
          ? trans.__('Copy the code that fetches the selected objects.')
          : nothing(),
      icon: copyIcon,
      describedBy: ARGS,
      isEnabled: args => given(args).length > 0,
      execute: args => handoff.copy(given(args))
    })
  );
  const refresh = () => {
    for (const id of Object.values(CommandIDs)) {
      commands.notifyCommandChanged(id);
    }
  };
  handoff.selectedChanged.connect(refresh);
  return added;
}
