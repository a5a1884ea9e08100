import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import type { FormValue } from '../../ui/formSchema';
import { CommandIDs } from '../commandIds';
import type { CapturesDesk } from '../desk';
import type { NewCaptureWidget } from './newCaptureWidget';

/** The documents in which captures are put together before they are made. */
export class NewCaptures {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly desk: CapturesDesk
  ) {}

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: CommandIDs.create,
      args: ({ id, content: { form } }) => ({
        document: id,
        draft: JSON.stringify(form.value)
      }),
      name: ({ id }) => id
    });
  }

  async open(
    draft: FormValue,
    id = `mistudio-new-capture-${UUID.uuid4()}`
  ): Promise<NewCaptureWidget> {
    const { NewCaptureWidget } = await import('./newCaptureWidget');
    const widget = new NewCaptureWidget({ id, desk: this.desk, draft });
    this.app.shell.add(widget, 'main', { type: 'miStudio' });
    await this.tracker.add(widget);
    widget.content.form.changed.connect(() => void this.tracker.save(widget));
    this.app.shell.activateById(widget.id);
    return widget;
  }

  private readonly tracker = new WidgetTracker<NewCaptureWidget>({
    namespace: 'mistudio-new-captures'
  });
}
