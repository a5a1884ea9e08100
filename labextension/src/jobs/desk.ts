import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { ApiError } from '../api/errors';
import type { Job, JobAction } from '../api/types';
import type { IMiStudio } from '../tokens';
import { CommandIDs } from './commandIds';
import type { JobsModel } from './model';
import type { JobsView } from './view';
import { cancelStatement } from './words';

/** What a person can do with the jobs: asks where it must, and says what went wrong. */
export class JobsDesk {
  constructor(private readonly _options: JobsDesk.IOptions) {}

  get model(): JobsModel {
    return this._options.model;
  }

  get view(): JobsView {
    return this._options.view;
  }

  get studio(): IMiStudio {
    return this._options.studio;
  }

  /** Why this cannot be done now; null where it can. */
  refusal(job: Job, action: JobAction): string | null {
    if (this.studio.events.state === 'offline') {
      return this.studio.trans.__('The server cannot be reached.');
    }
    return job.controls[action] ?? null;
  }

  async act(job: Job, action: JobAction): Promise<void> {
    if (action === 'cancel' && !(await this._mayCancel(job))) {
      return;
    }
    try {
      const now = await this.model.act(job.id, action);
      if (now.id !== job.id) {
        this.view.select(now.id);
      }
    } catch (thrown) {
      const { message, hint } = ApiError.from(thrown);
      Notification.error(`${message} ${hint}`.trim());
      this.model.refresh();
    }
  }

  openLog(id: string): void {
    this._run(CommandIDs.openLog, id);
  }

  /** What it works on can be opened, if the plugin of that kind is there. */
  canOpenObject(job: Job): boolean {
    return this.studio.openers.find(job.object) !== undefined;
  }

  openObject(job: Job): void {
    const command = this.studio.openers.find(job.object);
    if (command) {
      this._run(command, job.object);
    }
  }

  private _run(command: string, id: string): void {
    this._options.commands.execute(command, { id }).catch(thrown => {
      const { message, hint } = ApiError.from(thrown);
      Notification.error(`${message} ${hint}`.trim());
    });
  }

  private async _mayCancel(job: Job): Promise<boolean> {
    const { trans } = this.studio;
    const result = await showDialog({
      title: trans.__('Cancel “%1”?', job.label),
      body: cancelStatement(job, trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep it') }),
        Dialog.warnButton({ label: trans.__('Cancel and throw away') })
      ],
      // Enter alone must not throw anything away.
      defaultButton: 0
    });
    return result.button.accept;
  }
}

export namespace JobsDesk {
  export interface IOptions {
    model: JobsModel;
    view: JobsView;
    studio: IMiStudio;
    commands: CommandRegistry;
  }
}
