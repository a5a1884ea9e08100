import type { CommandRegistry } from '@lumino/commands';
import { Signal, type ISignal } from '@lumino/signaling';
import { Menu } from '@lumino/widgets';
import type { IKernelHandoff } from '../kernel/tokens';
import type { IMiStudio } from '../tokens';
import { DatasetActions } from './actions';
import { CommandIDs } from './commandIds';
import { ListState } from './listState';
import { DatasetsModel } from './model';
import { Uploads } from './adding/uploads';

/** Everything about datasets that panel, documents and commands share. */
export class DatasetsDesk {
  constructor(private readonly options: DatasetsDesk.IOptions) {
    const { studio, commands, handoff } = options;
    this.studio = studio;
    this.model = new DatasetsModel({
      client: studio.client,
      events: studio.events
    });
    this.uploads = new Uploads(studio.client);
    this.state = new ListState(this.model, studio.memory);
    this.actions = new DatasetActions({
      studio,
      commands,
      handoff,
      model: this.model,
      uploads: this.uploads,
      state: this.state
    });
    this.state.changed.connect(() => this.actions.point(this.state.targets));
    void this.state.restore();
  }

  readonly studio: IMiStudio;
  readonly model: DatasetsModel;
  readonly uploads: Uploads;
  readonly state: ListState;
  readonly actions: DatasetActions;

  /** Another notebook may be where things go. */
  get targetChanged(): ISignal<unknown, unknown> {
    return this.options.handoff?.selectedChanged ?? this.never;
  }

  openAddMenu(below: HTMLElement): void {
    this.openMenu(below, [
      CommandIDs.addHub,
      CommandIDs.addPath,
      CommandIDs.upload,
      CommandIDs.paste
    ]);
  }

  openMoreMenu(below: HTMLElement): void {
    this.openMenu(below, [
      CommandIDs.selectAll,
      CommandIDs.remove,
      CommandIDs.refresh
    ]);
  }

  chooseUpload(): void {
    void this.options.commands.execute(CommandIDs.upload);
  }

  private openMenu(below: HTMLElement, ids: readonly string[]): void {
    const menu = new Menu({ commands: this.options.commands });
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

  private readonly never = new Signal<this, void>(this);
}

export namespace DatasetsDesk {
  export interface IOptions {
    studio: IMiStudio;
    commands: CommandRegistry;
    /** Absent where notebooks and kernels are. */
    handoff: IKernelHandoff | null;
  }
}
