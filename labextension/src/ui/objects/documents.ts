import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker, type MainAreaWidget } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';
import type { ObjectDocument } from './objectDocument';
import type { IRecord } from './record';

type Any<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string
> = MainAreaWidget<Widget & { document: ObjectDocument<Head, Nested, Tab> }>;

/** The open documents of one kind: one an object, restored with the layout. */
export class ObjectDocuments<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string,
  W extends Any<Head, Nested, Tab>
> {
  constructor(
    private readonly options: ObjectDocuments.IOptions<Head, Nested, Tab, W>
  ) {
    this.tracker = new WidgetTracker<W>({ namespace: options.namespace });
    // What is looked at is what the notebook's commands mean.
    this.tracker.currentChanged.connect((_, widget) => {
      const document = widget?.content.document;
      if (document?.object) {
        document.desk.actions.point([document.object]);
      }
    });
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: this.options.command,
      args: ({ content: { document } }) => ({
        id: document.id,
        tab: document.tab
      }),
      name: ({ content: { document } }) => document.id
    });
  }

  /** Open the document of an object, in this tab if there is such a one. */
  async open(id: string, tab?: string): Promise<W> {
    const widget = this.find(id) ?? (await this.create(id));
    const known = this.options.tabs.find(each => each === tab);
    if (known) {
      widget.content.document.tab = known;
    }
    this.options.app.shell.activateById(widget.id);
    return widget;
  }

  private find(id: string): W | undefined {
    return this.tracker.find(widget => widget.content.document.id === id);
  }

  private async create(id: string): Promise<W> {
    const make = await this.options.load();
    // Asked twice at once, it is opened once.
    const meanwhile = this.find(id);
    if (meanwhile) {
      return meanwhile;
    }
    const widget = make(id);
    const { document } = widget.content;
    this.options.app.shell.add(widget, 'main', { type: 'miStudio' });
    await this.tracker.add(widget);
    let { tab } = document;
    document.changed.connect(() => {
      if (document.tab !== tab) {
        tab = document.tab;
        void this.tracker.save(widget);
      }
    });
    return widget;
  }

  private readonly tracker: WidgetTracker<W>;
}

export namespace ObjectDocuments {
  export interface IOptions<
    Head extends IRecord,
    Nested extends IRecord,
    Tab extends string,
    W extends Any<Head, Nested, Tab>
  > {
    app: JupyterFrontEnd;
    namespace: string;
    /** Opens one when the layout comes back. */
    command: string;
    tabs: readonly Tab[];
    /** Gives what makes a widget; it comes with the first document. */
    load: () => Promise<(id: string) => W>;
  }
}
