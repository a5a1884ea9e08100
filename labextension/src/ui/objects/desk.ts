import type { CommandRegistry } from '@lumino/commands';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IKernelHandoff } from '../../kernel/tokens';
import type { IMiStudio } from '../../tokens';
import { openCommandMenu } from '../menu';
import type { ObjectActions } from './actions';
import type { ListState } from './listState';
import type { ObjectsModel } from './objectsModel';
import type { IRecord } from './record';

/** Everything about objects of a kind that panel, documents and commands share. */
export abstract class ObjectsDesk<
  Head extends IRecord,
  Nested extends IRecord
> {
  constructor(protected readonly options: ObjectsDesk.IOptions) {
    this.studio = options.studio;
  }

  readonly studio: IMiStudio;
  abstract readonly model: ObjectsModel<Head, Nested>;
  abstract readonly state: ListState<Head, Nested>;
  abstract readonly actions: ObjectActions<Head, Nested>;

  /** Commands of the menus above the list. */
  protected abstract readonly addMenu: readonly string[];
  protected abstract readonly moreMenu: readonly string[];

  /** Another notebook may be where things go. */
  get targetChanged(): ISignal<unknown, unknown> {
    return this.options.handoff?.selectedChanged ?? this.never;
  }

  openAddMenu(below: HTMLElement): void {
    openCommandMenu(this.options.commands, below, this.addMenu);
  }

  openMoreMenu(below: HTMLElement): void {
    openCommandMenu(this.options.commands, below, this.moreMenu);
  }

  /** What is selected is what the notebook's commands mean; what was selected is so again. */
  protected begin(): void {
    this.state.changed.connect(() => this.actions.point(this.state.targets));
    void this.state.restore();
  }

  private readonly never = new Signal<this, void>(this);
}

export namespace ObjectsDesk {
  export interface IOptions {
    studio: IMiStudio;
    commands: CommandRegistry;
    /** Absent where notebooks and kernels are. */
    handoff: IKernelHandoff | null;
  }
}
