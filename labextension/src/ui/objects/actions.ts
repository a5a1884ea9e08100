import { Dialog, Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { ApiError } from '../../api/errors';
import type { EditObject, Job, JobAction } from '../../api/types';
import type { IKernelHandoff, IStudioObject } from '../../kernel/tokens';
import type { IMiStudio } from '../../tokens';
import { askDelete } from './deleteDialog';
import type { ListState } from './listState';
import type { ObjectsModel } from './objectsModel';
import type { IRecord } from './record';

/** What can be done with objects of any kind, for panel, documents and commands alike. */
export abstract class ObjectActions<
  Head extends IRecord,
  Nested extends IRecord
> {
  constructor(
    protected readonly options: ObjectActions.IOptions<Head, Nested>
  ) {}

  /** As it leaves for a notebook; null for what no notebook takes. */
  protected abstract asStudioObject(
    object: Head | Nested
  ): IStudioObject | null;

  abstract openId(id: string): void;

  open(object: Head | Nested): void {
    this.openId(object.id);
  }

  async rename(object: Head | Nested, name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted && wanted !== object.name) {
      await this.edit(object, { name: wanted });
    }
  }

  /** Whether the server took it. */
  edit(object: Head | Nested, changes: Partial<EditObject>): Promise<boolean> {
    return this.attempt(() => this.options.model.edit(object, changes));
  }

  /** Why this cannot be done with a job now; null where it can. */
  refusal(job: Job, action: JobAction): string | null {
    const { events, trans } = this.options.studio;
    return events.state === 'offline'
      ? trans.__('The server cannot be reached.')
      : (job.controls[action] ?? null);
  }

  async control(object: Head | Nested, action: JobAction): Promise<void> {
    const { job } = object;
    if (job && (action !== 'cancel' || (await this.agreesToCancel(object)))) {
      await this.attempt(() => this.options.model.control(job, action));
    }
  }

  /** Show what would go with them, and delete what was agreed to. */
  async remove(objects: readonly (Head | Nested)[]): Promise<void> {
    const { model, studio } = this.options;
    let heads = this.withoutNested(objects);
    await this.attempt(async () => {
      while (heads.length) {
        const plans = await Promise.all(heads.map(each => model.plan(each)));
        if (!(await askDelete(plans, studio.trans))) {
          return;
        }
        try {
          for (const plan of plans) {
            await model.remove(
              heads[0],
              plan.also.map(item => item.id)
            );
            heads = heads.slice(1);
          }
        } catch (thrown) {
          // More would go by now, or a job began meanwhile: say so, and ask again.
          const error = ApiError.from(thrown);
          if (error.code !== 'plan_changed' && error.code !== 'in_use') {
            throw error;
          }
        }
      }
    });
  }

  drag(
    event: { button: number; clientX: number; clientY: number },
    object: Head | Nested
  ): void {
    const { handoff, state } = this.options;
    const objects = this.asObjects(state.groupOf(object));
    if (objects.length) {
      handoff?.beginDrag(event, objects);
    }
  }

  insert(object: Head | Nested): Promise<void> | undefined {
    return this.options.handoff?.insert(this.asObjects([object]));
  }

  async send(object: Head | Nested): Promise<void> {
    await this.options.handoff?.send(this.asObjects([object]));
  }

  async copy(object: Head | Nested): Promise<void> {
    await this.options.handoff?.copy(this.asObjects([object]));
  }

  get handoff(): IKernelHandoff | null {
    return this.options.handoff;
  }

  /** What the notebook's commands act on from now on. */
  point(objects: readonly (Head | Nested)[]): void {
    this.options.handoff?.select(this.asObjects(objects));
  }

  /** Say what went wrong; whether nothing did. */
  protected async attempt(what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (thrown) {
      const error = ApiError.from(thrown);
      Notification.error(`${error.message} ${error.hint}`.trim(), {
        autoClose: 8000
      });
      return false;
    }
  }

  private asObjects(objects: readonly (Head | Nested)[]): IStudioObject[] {
    return objects.flatMap(each => this.asStudioObject(each) ?? []);
  }

  /** What is nested goes with what it is in; it needs no plan of its own. */
  private withoutNested(
    objects: readonly (Head | Nested)[]
  ): (Head | Nested)[] {
    const { model } = this.options;
    const ids = new Set(objects.map(each => each.id));
    return objects.filter(
      each => model.isHead(each) || !ids.has(model.parentIdOf(each))
    );
  }

  private async agreesToCancel(object: Head | Nested): Promise<boolean> {
    const { trans } = this.options.studio;
    const dialog = new Dialog({
      title: trans.__('Cancel this job?'),
      body: trans.__(
        'What was made for “%1” so far is thrown away. Pause keeps it.',
        object.name
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Go on') }),
        Dialog.warnButton({ label: trans.__('Cancel the job') })
      ],
      defaultButton: 0
    });
    return (await dialog.launch()).button.accept;
  }
}

export namespace ObjectActions {
  export interface IOptions<Head extends IRecord, Nested extends IRecord> {
    studio: IMiStudio;
    model: ObjectsModel<Head, Nested>;
    state: ListState<Head, Nested>;
    commands: CommandRegistry;
    /** Absent where notebooks and kernels are. */
    handoff: IKernelHandoff | null;
  }
}
