import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { FormValue } from '../../ui/formSchema';
import { StudioWidget } from '../../ui/panel';
import type { CapturesDesk } from '../desk';
import { captureIcon } from '../icons';
import { CaptureForm } from './captureForm';
import { NewCaptureView } from './newCaptureView';

/** A capture about to be made, in the main area. */
export class NewCaptureWidget extends MainAreaWidget<NewCaptureContent> {
  constructor(options: NewCaptureWidget.IOptions) {
    super({ content: new NewCaptureContent(options) });
    const { trans } = options.desk.studio;
    this.id = options.id;
    this.title.icon = captureIcon;
    this.title.label = trans.__('New capture');
    this.title.caption = this.title.label;
    this.title.closable = true;
    this.toolbar.hide();
  }
}

export namespace NewCaptureWidget {
  export interface IOptions {
    id: string;
    desk: CapturesDesk;
    draft: FormValue;
  }
}

export class NewCaptureContent extends StudioWidget {
  constructor(private readonly options: NewCaptureWidget.IOptions) {
    super(options.desk.studio.trans);
    this.addClass('jp-mistudio-NewCaptureContent');
    this.node.tabIndex = -1;
    this.form = new CaptureForm(options);
  }

  readonly form: CaptureForm;

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

  protected override draw(): JSX.Element {
    return (
      <NewCaptureView
        form={this.form}
        onStart={() => void this.start()}
        onClose={() => this.dispose()}
      />
    );
  }

  private watch(watching: boolean): void {
    const { model, sources } = this.options.desk;
    sources.setWatching(this, watching);
    model.setWatching(this, watching);
  }

  private async start(): Promise<void> {
    const { form, trans } = this;
    const { actions, model } = this.options.desk;
    const same = form.estimate?.same;
    const started = await form.start();
    if (!started) {
      return;
    }
    if (started.object === same) {
      Notification.info(
        trans.__('It was there already: an equal capture is not made twice.'),
        { autoClose: 5000 }
      );
    }
    await model.refresh();
    // The widget around it goes with it.
    this.dispose();
    actions.openId(started.object);
  }
}
