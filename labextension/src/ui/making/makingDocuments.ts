import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import type { FormValue } from '../formSchema';
import type { IEstimate, IMakingDesk } from './makingForm';
import type { MakingContent, MakingWidget } from './makingWidget';

type Any = MakingWidget<MakingContent<IMakingDesk, IEstimate>>;

/** The documents in which objects of one kind are put together before they are made. */
export class MakingDocuments<W extends Any> {
  constructor(private readonly options: MakingDocuments.IOptions<W>) {
    this.tracker = new WidgetTracker<W>({ namespace: options.namespace });
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: this.options.command,
      args: ({ id, content: { form } }) => ({
        document: id,
        draft: JSON.stringify(form.value)
      }),
      name: ({ id }) => id
    });
  }

  async open(
    draft: FormValue,
    id = `${this.options.prefix}-${UUID.uuid4()}`
  ): Promise<W> {
    const make = await this.options.load();
    const widget = make(id, draft);
    const { shell } = this.options.app;
    shell.add(widget, 'main', { type: 'miStudio' });
    await this.tracker.add(widget);
    widget.content.form.changed.connect(() => void this.tracker.save(widget));
    shell.activateById(widget.id);
    return widget;
  }

  private readonly tracker: WidgetTracker<W>;
}

export namespace MakingDocuments {
  export interface IOptions<W extends Any> {
    app: JupyterFrontEnd;
    namespace: string;
    /** Begins the widget's id. */
    prefix: string;
    /** Opens one when the layout comes back. */
    command: string;
    /** Gives what makes a widget; it comes with the first document. */
    load: () => Promise<(id: string, draft: FormValue) => W>;
  }
}
