import { Clipboard } from '@jupyterlab/apputils';
import {
  copyIcon,
  deleteIcon,
  editIcon,
  refreshIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { NONE, only, pointedIn } from './commandArgs';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';

/** A command's id, and its words for this kind of objects. */
export interface ICommandWords {
  id: string;
  label: string;
  caption: string;
}

export interface IListCommands {
  showPanel: ICommandWords & { icon: LabIcon };
  refresh: ICommandWords;
  selectAll: ICommandWords;
  rename: ICommandWords;
  remove: ICommandWords;
  copyId: ICommandWords;
  /** What is said where one must be selected and is not. */
  chooseOne: string;
}

/** What every list of objects has: show it, refresh it, select all, rename, delete, copy ids. */
export function addListCommands<Head extends IRecord, Nested extends IRecord>(
  commands: CommandRegistry,
  desk: ObjectsDesk<Head, Nested>,
  words: IListCommands,
  options: { show: () => void; describedBy: object }
): void {
  const { model, state, actions } = desk;
  const { trans } = desk.studio;
  const { show, describedBy } = options;
  const pointed = pointedIn(desk);
  const chooseSome = trans.__('Select something in the panel first.');

  commands.addCommand(words.showPanel.id, {
    label: words.showPanel.label,
    caption: words.showPanel.caption,
    icon: words.showPanel.icon,
    describedBy: NONE,
    execute: show
  });
  commands.addCommand(words.refresh.id, {
    label: words.refresh.label,
    caption: words.refresh.caption,
    icon: refreshIcon,
    describedBy: NONE,
    execute: () => model.refresh()
  });
  commands.addCommand(words.selectAll.id, {
    label: words.selectAll.label,
    caption: words.selectAll.caption,
    describedBy: NONE,
    isEnabled: () => model.heads.length > 0,
    execute: () => state.selectAll()
  });
  commands.addCommand(words.rename.id, {
    label: words.rename.label,
    caption: args =>
      only(pointed(args)) ? words.rename.caption : words.chooseOne,
    icon: editIcon,
    describedBy,
    isEnabled: args => only(pointed(args)) !== null,
    execute: args => {
      const object = only(pointed(args));
      if (object) {
        show();
        state.renaming = object.id;
      }
    }
  });
  commands.addCommand(words.remove.id, {
    label: words.remove.label,
    caption: args => (pointed(args).length ? words.remove.caption : chooseSome),
    icon: deleteIcon,
    describedBy,
    isEnabled: args => pointed(args).length > 0,
    execute: args => actions.remove(pointed(args))
  });
  commands.addCommand(words.copyId.id, {
    label: words.copyId.label,
    caption: args => (pointed(args).length ? words.copyId.caption : chooseSome),
    icon: copyIcon,
    describedBy,
    isEnabled: args => pointed(args).length > 0,
    execute: args =>
      Clipboard.copyToSystem(
        pointed(args)
          .map(each => each.id)
          .join('\n')
      )
  });
}

/** Menus and toolbars see at once what can be done with another selection. */
export function followSelection<Head extends IRecord, Nested extends IRecord>(
  commands: CommandRegistry,
  { state }: ObjectsDesk<Head, Nested>,
  ids: readonly string[]
): void {
  // Each by its id: without one, all toolbars of the page are drawn again.
  state.changed.connect(() => {
    for (const id of ids) {
      if (commands.hasCommand(id)) {
        commands.notifyCommandChanged(id);
      }
    }
  });
}
