import { MainAreaWidget } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { Started } from '../../api/types';
import type { FormValue } from '../formSchema';
import { StudioWidget } from '../panel';
import type { IEstimate, IMakingDesk, MakingForm } from './makingForm';

/** Something about to be made, in the main area. */
export class MakingWidget<
  Content extends MakingContent<IMakingDesk, IEstimate>
> extends MainAreaWidget<Content> {
  constructor(options: {
    id: string;
    content: Content;
    icon: LabIcon;
    label: string;
  }) {
    super({ content: options.content });
    this.id = options.id;
    this.title.icon = options.icon;
    this.title.label = options.label;
    this.title.caption = options.label;
    this.title.closable = true;
    this.toolbar.hide();
  }
}

export namespace MakingWidget {
  export interface IOptions<Desk> {
    id: string;
    desk: Desk;
    draft: FormValue;
  }
}

/** What is drawn; it asks for nothing while it is hidden. */
export abstract class MakingContent<
  Desk extends IMakingDesk,
  Estimate extends IEstimate
> extends StudioWidget {
  constructor(desk: Desk) {
    super(desk.studio.trans);
    this.addClass('jp-mistudio-NewCaptureContent');
    this.node.tabIndex = -1;
  }

  abstract readonly form: MakingForm<Desk, Estimate>;

  override dispose(): void {
    if (!this.isDisposed) {
      this.watch(false);
      this.form.dispose();
      super.dispose();
    }
  }

  /** Whoever opens it begins to choose; whoever comes back is left where they were. */
  protected override onActivateRequest(): void {
    const { activeElement } = document;
    if (activeElement === this.node || !this.node.contains(activeElement)) {
      const first = this.node.querySelector<HTMLElement>(
        'input:checked, input:not(:disabled)'
      );
      (first ?? this.node).focus();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.watch(this.isVisible);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.watch(true);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.watch(false);
  }

  protected watch(watching: boolean): void {
    this.form.desk.sources.setWatching(this, watching);
  }

  /** Start it, and show what came of it in its place. */
  protected async start(): Promise<void> {
    const { actions, model } = this.form.desk;
    const started = await this.startForm();
    if (started) {
      await model.refresh();
      // The widget around it goes with it.
      this.dispose();
      actions.openId(started.object);
    }
  }

  protected startForm(): Promise<Started | null> {
    return this.form.start();
  }
}
