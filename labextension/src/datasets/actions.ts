import { Dialog, Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { ApiError } from '../api/errors';
import type { AddDataset, EditObject, Job, JobAction } from '../api/types';
import { addIfPlain } from './adding/arriving';
import { CommandIDs } from './commandIds';
import { askDelete } from './deleteDialog';
import { isDataset, type DatasetObject, type DatasetsModel } from './model';
import type { IMiStudio } from '../tokens';
import type { IKernelHandoff } from '../kernel/tokens';
import type { Uploads } from './adding/uploads';
import { asStudioObject } from './words';
import type { ListState } from './listState';

/** What can be done with datasets, for panel, documents and commands alike. */
export class DatasetActions {
  constructor(private readonly options: DatasetActions.IOptions) {}

  open(object: DatasetObject): void {
    this.openId(object.id);
  }

  openId(id: string): void {
    void this.options.commands.execute(CommandIDs.open, { id });
  }

  tokenize(dataset: string): void {
    void this.options.commands.execute(CommandIDs.tokenize, { id: dataset });
  }

  async rename(object: DatasetObject, name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted && wanted !== object.name) {
      await this.edit(object, { name: wanted });
    }
  }

  /** Whether the server took it. */
  edit(object: DatasetObject, changes: Partial<EditObject>): Promise<boolean> {
    return this.attempt(() => this.options.model.edit(object, changes));
  }

  /** Why this cannot be done with a job now; null where it can. */
  refusal(job: Job, action: JobAction): string | null {
    const { events, trans } = this.options.studio;
    return events.state === 'offline'
      ? trans.__('The server cannot be reached.')
      : (job.controls[action] ?? null);
  }

  async control(object: DatasetObject, action: JobAction): Promise<void> {
    const { job } = object;
    if (job && (action !== 'cancel' || (await this.agreesToCancel(object)))) {
      await this.attempt(() => this.options.model.control(job, action));
    }
  }

  /** Show what would go with them, and delete what was agreed to. */
  async remove(objects: readonly DatasetObject[]): Promise<void> {
    const { model, studio } = this.options;
    let heads = withoutNested(objects);
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

  addFiles(files: readonly File[]): void {
    this.options.uploads.add(files);
  }

  /** Folders of the reader's computer cannot be sent. */
  explainFolders(): void {
    const { trans } = this.options.studio;
    Notification.info(
      trans.__(
        'A folder cannot be uploaded. Put it on the server, and add it by its path there; or drop its files.'
      ),
      {
        autoClose: 10_000,
        actions: [
          {
            label: trans.__('Add by path…'),
            callback: () =>
              void this.options.commands.execute(CommandIDs.addPath)
          }
        ]
      }
    );
  }

  /** Add files and folders that are on the server already; where it is not plain how to read one, ask. */
  async addPaths(paths: readonly string[]): Promise<void> {
    const { commands, studio } = this.options;
    for (const path of paths) {
      await this.attempt(async () => {
        if (await addIfPlain(studio.client, { path })) {
          await commands.execute(CommandIDs.addPath, { path });
        }
      });
    }
  }

  async add(params: Partial<AddDataset>): Promise<void> {
    await this.options.model.add(params);
  }

  drag(
    event: { button: number; clientX: number; clientY: number },
    object: DatasetObject
  ): void {
    const { handoff, state } = this.options;
    handoff?.beginDrag(event, this.asObjects(state.groupOf(object)));
  }

  insert(object: DatasetObject): Promise<void> | undefined {
    return this.options.handoff?.insert(this.asObjects([object]));
  }

  async send(object: DatasetObject): Promise<void> {
    await this.options.handoff?.send(this.asObjects([object]));
  }

  async copy(object: DatasetObject): Promise<void> {
    await this.options.handoff?.copy(this.asObjects([object]));
  }

  get handoff(): IKernelHandoff | null {
    return this.options.handoff;
  }

  /** What the notebook's commands act on from now on. */
  point(objects: readonly DatasetObject[]): void {
    this.options.handoff?.select(this.asObjects(objects));
  }

  private asObjects(objects: readonly DatasetObject[]) {
    return objects.map(each => asStudioObject(each, this.options.studio.trans));
  }

  private async agreesToCancel(object: DatasetObject): Promise<boolean> {
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

  /** Say what went wrong; whether nothing did. */
  private async attempt(what: () => Promise<unknown>): Promise<boolean> {
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
}

/** A tokenization goes with its dataset; it needs no plan of its own. */
function withoutNested(objects: readonly DatasetObject[]): DatasetObject[] {
  const ids = new Set(objects.map(each => each.id));
  return objects.filter(each => isDataset(each) || !ids.has(each.parent));
}

export namespace DatasetActions {
  export interface IOptions {
    studio: IMiStudio;
    model: DatasetsModel;
    uploads: Uploads;
    state: ListState;
    commands: CommandRegistry;
    /** Absent where notebooks and kernels are. */
    handoff: IKernelHandoff | null;
  }
}
