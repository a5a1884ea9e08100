import type { Capture } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { ObjectActions } from '../ui/objects/actions';
import { CommandIDs } from './commandIds';
import { asStudioObject } from './words';

/** What can be done with captures, for documents and commands alike. */
export class CaptureActions extends ObjectActions<Capture, never> {
  openId(id: string): void {
    void this.options.commands.execute(CommandIDs.open, { id });
  }

  /** Whatever an id means: a model, a dataset, a tokenization; null where no plugin opens it. */
  opener(id: string): (() => void) | null {
    const { commands, studio } = this.options;
    const command = studio.openers.find(id);
    return command === undefined
      ? null
      : () => void commands.execute(command, { id });
  }

  /** The log of a job, where there is a plugin for logs. */
  logOpener(id: string): (() => void) | null {
    const { commands } = this.options;
    return commands.hasCommand(OPEN_LOG)
      ? () => void commands.execute(OPEN_LOG, { id })
      : null;
  }

  /** Show the panel with models, or with datasets, where there is one. */
  panelOpener(panel: 'models' | 'datasets'): (() => void) | undefined {
    const { commands } = this.options;
    const command = `mistudio:show-${panel}`;
    return commands.hasCommand(command)
      ? () => void commands.execute(command)
      : undefined;
  }

  protected asStudioObject(capture: Capture): IStudioObject {
    return asStudioObject(capture, this.options.studio.trans);
  }
}

const OPEN_LOG = 'mistudio:open-job-log';
