import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import type { FormValue } from '../../ui/formSchema';
import { CommandIDs } from '../commandIds';
import type { TrainingDesk } from '../desk';
import type { NewTrainingWidget } from './newTrainingWidget';

/** The documents in which trainings are put together before they are started. */
export class NewTrainings {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly desk: TrainingDesk
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
    id = `mistudio-new-training-${UUID.uuid4()}`
  ): Promise<NewTrainingWidget> {
    const { NewTrainingWidget } = await import('./newTrainingWidget');
    const widget = new NewTrainingWidget({ id, desk: this.desk, draft });
    this.app.shell.add(widget, 'main', { type: 'miStudio' });
    await this.tracker.add(widget);
    widget.content.form.changed.connect(() => void this.tracker.save(widget));
    this.app.shell.activateById(widget.id);
    return widget;
  }

  private readonly tracker = new WidgetTracker<NewTrainingWidget>({
    namespace: 'mistudio-new-trainings'
  });
}
