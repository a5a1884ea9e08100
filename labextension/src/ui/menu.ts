import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

export interface IMenuEntry {
  label: string;
  run: () => void;
}

/** A menu of a few entries below a button, which has the focus again when it closes. */
export function openMenu(
  below: HTMLElement,
  entries: readonly IMenuEntry[]
): void {
  const commands = new CommandRegistry();
  const ids = entries.map(({ label, run }, at) => {
    const command = `mistudio:choose-${at}`;
    commands.addCommand(command, {
      label,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: run
    });
    return command;
  });
  openCommandMenu(commands, below, ids);
}

/** A menu of commands below a button, which has the focus again when it closes. */
export function openCommandMenu(
  commands: CommandRegistry,
  below: HTMLElement,
  ids: readonly string[]
): void {
  const menu = new Menu({ commands });
  for (const command of ids) {
    menu.addItem({ command });
  }
  menu.aboutToClose.connect(() => {
    // The command that was chosen still runs from it in this turn.
    requestAnimationFrame(() => {
      menu.dispose();
      // What the command opened may have taken the focus by now.
      if (document.activeElement === document.body) {
        below.focus();
      }
    });
  });
  const { left, bottom } = below.getBoundingClientRect();
  menu.open(left, bottom);
}
