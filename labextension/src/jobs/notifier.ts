import { Notification } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { Job } from '../api/types';
import type { JobsDesk } from './desk';
import type { JobsModel } from './model';

/** Which ends are told of. */
export type NotifyOf = 'all' | 'problems' | 'none';

/** Tells of the end of jobs that this page saw at work, or that were too short to be seen. */
export class JobNotifier implements IDisposable {
  constructor(private readonly _desk: JobsDesk) {
    this._desk.model.ended.connect(this._onEnded, this);
  }

  notifyOf: NotifyOf = 'all';

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _onEnded(_: JobsModel, job: Job): void {
    const { trans } = this._desk.studio;
    const succeeded = job.state === 'succeeded';
    if (
      job.state === 'cancelled' ||
      this.notifyOf === 'none' ||
      (this.notifyOf === 'problems' && succeeded)
    ) {
      return;
    }
    const actions = this._actions(job);
    const reason = job.error?.message ?? job.reason ?? '';
    if (succeeded) {
      Notification.success(trans.__('%1: done', job.label), {
        actions,
        autoClose: 5000
      });
    } else if (job.state === 'failed') {
      Notification.error(trans.__('%1 failed. %2', job.label, reason), {
        actions
      });
    } else {
      Notification.warning(
        trans.__('%1 was interrupted. %2', job.label, reason),
        { actions }
      );
    }
  }

  private _actions(job: Job): Notification.IAction[] {
    const { trans } = this._desk.studio;
    const actions: Notification.IAction[] = [
      {
        label: trans.__('Show log'),
        callback: () => this._desk.openLog(job.id)
      }
    ];
    if (job.state === 'interrupted') {
      actions.push({
        label: trans.__('Resume'),
        displayType: 'accent',
        callback: () => void this._desk.act(job, 'resume')
      });
    } else if (this._desk.canOpenObject(job)) {
      actions.push({
        label: trans.__('Open'),
        displayType: 'accent',
        callback: () => this._desk.openObject(job)
      });
    }
    return actions;
  }

  private _isDisposed = false;
}
