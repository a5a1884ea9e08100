import type { AddModel, Capture, Model } from '../api/types';
import type { IStudioObject } from '../kernel/tokens';
import { ObjectActions } from '../ui/objects/actions';
import { CommandIDs, NEW_CAPTURE, OPEN_CAPTURE } from './commandIds';
import type { Tab } from './document/tabNames';
import { isModel, type ModelObject, type ModelsModel } from './model';
import { asStudioObject } from './words';

/** What can be done with models and their captures, for panel, documents and commands alike. */
export class ModelActions extends ObjectActions<Model, Capture> {
  constructor(private readonly own: ModelActions.IOptions) {
    super(own);
  }

  openId(id: string): void {
    const { commands, studio } = this.own;
    const command = id.startsWith('cp_')
      ? OPEN_CAPTURE
      : (studio.openers.find(id) ?? CommandIDs.open);
    if (commands.hasCommand(command)) {
      void commands.execute(command, { id });
    }
  }

  openTab(id: string, tab: Tab): void {
    void this.own.commands.execute(CommandIDs.open, { id, tab });
  }

  /** Whether captures can be opened and made here. */
  get hasCaptures(): boolean {
    return this.own.commands.hasCommand(NEW_CAPTURE);
  }

  /** Begin a capture of this model, at these hook points. */
  capture(model: string, hooks?: string[]): void {
    void this.own.commands.execute(
      NEW_CAPTURE,
      hooks ? { model, hooks } : { model }
    );
  }

  async add(params: Partial<AddModel>): Promise<void> {
    await this.own.model.add(params);
  }

  protected asStudioObject(object: ModelObject): IStudioObject | null {
    return isModel(object) || this.hasCaptures
      ? asStudioObject(object, this.own.studio.trans)
      : null;
  }
}

export namespace ModelActions {
  export interface IOptions extends ObjectActions.IOptions<Model, Capture> {
    model: ModelsModel;
  }
}
