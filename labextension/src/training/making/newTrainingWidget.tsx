import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { FormValue } from '../../ui/formSchema';
import { StudioWidget } from '../../ui/panel';
import type { TrainingDesk } from '../desk';
import { trainingIcon } from '../icons';
import { NewTrainingView } from './newTrainingView';
import { TrainingForm } from './trainingForm';

/** A training about to be started, in the main area. */
export class NewTrainingWidget extends MainAreaWidget<NewTrainingContent> {
  constructor(options: NewTrainingWidget.IOptions) {
    super({ content: new NewTrainingContent(options) });
    const { trans } = options.desk.studio;
    this.id = options.id;
    this.title.icon = trainingIcon;
    this.title.label = trans.__('New training');
    this.title.caption = this.title.label;
    this.title.closable = true;
    this.toolbar.hide();
  }
}

export namespace NewTrainingWidget {
  export interface IOptions {
    id: string;
    desk: TrainingDesk;
    draft: FormValue;
  }
}

export class NewTrainingContent extends StudioWidget {
  constructor(private readonly options: NewTrainingWidget.IOptions) {
    super(options.desk.studio.trans);
    this.addClass('jp-mistudio-NewCaptureContent');
    this.node.tabIndex = -1;
    this.form = new TrainingForm(options);
  }

  readonly form: TrainingForm;

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
      <NewTrainingView
        form={this.form}
        onStart={() => void this.start()}
        onClose={() => this.dispose()}
      />
    );
  }

  private watch(watching: boolean): void {
    this.options.desk.sources.setWatching(this, watching);
  }

  private async start(): Promise<void> {
    const { actions, model } = this.options.desk;
    const started = await this.form.start();
    if (started) {
      await model.refresh();
      // The widget around it goes with it.
      this.dispose();
      actions.openId(started.object);
    }
  }
}
