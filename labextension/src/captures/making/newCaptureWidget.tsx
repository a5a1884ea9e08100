import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import type { CaptureEstimate, Started } from '../../api/types';
import { MakingContent, MakingWidget } from '../../ui/making/makingWidget';
import type { CapturesDesk } from '../desk';
import { captureIcon } from '../icons';
import { CaptureForm } from './captureForm';
import { NewCaptureView } from './newCaptureView';

/** A capture about to be made, in the main area. */
export class NewCaptureWidget extends MakingWidget<NewCaptureContent> {
  constructor(options: MakingWidget.IOptions<CapturesDesk>) {
    super({
      id: options.id,
      content: new NewCaptureContent(options),
      icon: captureIcon,
      label: options.desk.studio.trans.__('New capture')
    });
  }
}

export class NewCaptureContent extends MakingContent<
  CapturesDesk,
  CaptureEstimate
> {
  constructor(options: MakingWidget.IOptions<CapturesDesk>) {
    super(options.desk);
    this.form = new CaptureForm(options);
  }

  readonly form: CaptureForm;

  protected override draw(): JSX.Element {
    return (
      <NewCaptureView
        form={this.form}
        onStart={() => void this.start()}
        onClose={() => this.dispose()}
      />
    );
  }

  protected override watch(watching: boolean): void {
    super.watch(watching);
    this.form.desk.model.setWatching(this, watching);
  }

  protected override async startForm(): Promise<Started | null> {
    const { form, trans } = this;
    const same = form.estimate?.same;
    const started = await form.start();
    if (started && started.object === same) {
      Notification.info(
        trans.__('It was there already: an equal capture is not made twice.'),
        { autoClose: 5000 }
      );
    }
    return started;
  }
}
