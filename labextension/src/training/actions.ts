import { Clipboard, Dialog, Notification } from '@jupyterlab/apputils';
import type { Checkpoint, Sae, Started, Training } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { saveFrom } from '../ui/download';
import type { FormValue } from '../ui/formSchema';
import { ObjectActions } from '../ui/objects/actions';
import { CommandIDs } from './commandIds';
import type { Tab } from './document/tabNames';
import { draftOf, withChanges } from './making/draft';
import type { TrainingObject, TrainingsModel } from './model';
import { asStudioObject } from './words';

/** What can be done with trainings and SAEs, for panel, documents and commands alike. */
export class TrainingActions extends ObjectActions<TrainingObject, Sae> {
  constructor(private readonly own: TrainingActions.IOptions) {
    super(own);
  }

  openId(id: string): void {
    void this.own.commands.execute(
      id.startsWith('sa_') ? CommandIDs.openSae : CommandIDs.open,
      { id }
    );
  }

  openTab(id: string, tab: Tab): void {
    void this.own.commands.execute(CommandIDs.open, { id, tab });
  }

  /** Whatever an id means: a model, a capture, a training; null where no plugin opens it. */
  opener(id: string): (() => void) | null {
    const command = this.own.studio.openers.find(id);
    return command === undefined
      ? null
      : () => void this.own.commands.execute(command, { id });
  }

  /** Show the panel with the models, where there is one. */
  get modelsOpener(): (() => void) | undefined {
    return this.own.commands.hasCommand(SHOW_MODELS)
      ? () => void this.own.commands.execute(SHOW_MODELS)
      : undefined;
  }

  create(draft: FormValue = {}): void {
    void this.own.commands.execute(CommandIDs.create, {
      draft: JSON.stringify(draft)
    });
  }

  /** A new training with the parameters of this one, to be changed before it is started. */
  clone(training: Training, changes: FormValue = {}): void {
    this.create(withChanges(draftOf(training), changes));
  }

  extend(training: Training): void {
    void this.own.commands.execute(CommandIDs.extend, { id: training.id });
  }

  /** Not the line that gets it, as `copy`, but the one that trains it anew. */
  copyCode(training: Training): void {
    void this.own.commands.execute(CommandIDs.copyCode, { id: training.id });
  }

  exportSae(sae: Sae): void {
    void this.own.commands.execute(CommandIDs.exportSae, { id: sae.id });
  }

  /** Have it save a checkpoint now. */
  async checkpoint(training: Training): Promise<void> {
    const { trans } = this.own.studio;
    const isDone = await this.attempt(() =>
      this.own.model.saveCheckpoint(training.id)
    );
    if (isDone) {
      Notification.info(
        trans.__('“%1” saves a checkpoint. It stays.', training.name),
        { autoClose: 4000 }
      );
    }
  }

  /** Make an SAE of a checkpoint, as others use it; it stands below the training then. */
  async takeOut(
    training: Training,
    sae: number,
    step: number
  ): Promise<Started | null> {
    let started: Started | null = null;
    await this.attempt(async () => {
      started = await this.own.model.takeOut(training.id, sae, step);
      await this.own.model.refresh();
    });
    return started;
  }

  /** The lines that get it: into the notebook in front, else to be pasted. */
  async useInNotebook(
    training: Training,
    sae: number,
    step: number
  ): Promise<void> {
    const { handoff, studio } = this.own;
    const several = (training.facts?.saes.length ?? 1) > 1;
    const part = {
      method: 'sae',
      numbers: { ...(several && { sae }), step }
    };
    const object: IStudioObject = {
      ...asStudioObject(training, studio.trans),
      name: studio.trans.__('%1, step %2', training.name, step),
      part
    };
    if (handoff?.insertBlocked() === null) {
      await handoff.insert([object]);
    } else if (handoff) {
      await handoff.copy([object]);
      Notification.info(studio.trans.__('The code is copied.'), {
        autoClose: 4000
      });
    } else {
      Clipboard.copyToSystem(`${training.id}@${step}`);
    }
  }

  /** Have the browser fetch its files, as one archive. */
  download(sae: Sae): void {
    const { client } = this.own.studio;
    saveFrom(client.address('/saes/{id}/download', { path: { id: sae.id } }));
  }

  /** An SAE is made of the checkpoint first, where there is none. */
  async downloadOf(
    training: Training,
    sae: number,
    step: number
  ): Promise<void> {
    const started = await this.takeOut(training, sae, step);
    if (started) {
      await this.attempt(async () =>
        this.download(await this.own.model.readySae(started.object))
      );
    }
  }

  /** Keep some of its checkpoints, once it was said which ones go. */
  async prune(training: Training, done: () => unknown): Promise<void> {
    const { askPrune } = await import('./pruneDialog');
    await askPrune(this.own.studio, training);
    done();
  }

  /** Whether it may go: the best and the last are asked about. */
  async agreesToDelete(checkpoint: Checkpoint): Promise<boolean> {
    const { trans } = this.own.studio;
    const { kept_for: kept, step } = checkpoint;
    if (!kept.includes('best') && !kept.includes('last')) {
      return true;
    }
    const dialog = new Dialog({
      title: trans.__('Delete the checkpoint of step %1?', step),
      body: kept.includes('best')
        ? trans.__('It is the best one of this training.')
        : trans.__(
            'It is the last one: the training cannot be extended from it then.'
          ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ],
      defaultButton: 0
    });
    return (await dialog.launch()).button.accept;
  }

  /** As `attempt`, for documents that ask themselves. */
  try(what: () => Promise<unknown>): Promise<boolean> {
    return this.attempt(what);
  }

  protected asStudioObject(object: TrainingObject): IStudioObject {
    return asStudioObject(object, this.own.studio.trans);
  }
}

const SHOW_MODELS = 'mistudio:show-models';

export namespace TrainingActions {
  export interface IOptions extends ObjectActions.IOptions<
    TrainingObject,
    Sae
  > {
    model: TrainingsModel;
  }
}
