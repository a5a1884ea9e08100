import { MainAreaWidget } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { useModel, useSignal, useTrans } from '../hooks';
import { EmptyState, ErrorNote } from '../notes';
import { StudioWidget } from '../panel';
import { ProgressLine } from '../progressLine';
import { Tabs } from '../tabs';
import type { ObjectDocument } from './objectDocument';
import type { IRecord } from './record';
import { progressOf } from './words';

/** What is special to the documents of one kind. */
export interface IDocumentForm<Head extends IRecord, Tab extends string, Doc> {
  /** Begins the widget's id. */
  prefix: string;
  icon: LabIcon;
  /** What it is, for screen readers. */
  label: string;
  captionOf: (name: string) => string;
  /** What is said where it is gone. */
  gone: (id: string) => string;
  tabs: readonly (readonly [tab: Tab, word: string])[];
  head: (document: Doc, object: Head) => React.ReactNode;
  body: (document: Doc, tab: Tab) => React.ReactNode;
}

/** An object in the main area. */
export class ObjectWidget<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string,
  Doc extends ObjectDocument<Head, Nested, Tab>
> extends MainAreaWidget<ObjectContent<Head, Nested, Tab, Doc>> {
  constructor(
    document: Doc,
    private readonly form: IDocumentForm<Head, Tab, Doc>
  ) {
    super({ content: new ObjectContent(document, form) });
    this.id = `${form.prefix}-${document.id}`;
    this.title.icon = form.icon;
    this.title.closable = true;
    this.toolbar.hide();
    document.changed.connect(this.onDocument, this);
    this.onDocument();
  }

  private onDocument(): void {
    const { document } = this.content;
    const name = document.object?.name ?? document.id;
    this.title.label = name;
    this.title.caption = this.form.captionOf(name);
  }
}

/** What is drawn; it asks for nothing while it is hidden. */
export class ObjectContent<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string,
  Doc extends ObjectDocument<Head, Nested, Tab>
> extends StudioWidget {
  constructor(
    readonly document: Doc,
    private readonly form: IDocumentForm<Head, Tab, Doc>
  ) {
    super(document.desk.studio.trans);
    this.addClass('jp-mistudio-Document');
    this.node.tabIndex = -1;
    document.desk.model.deleted.connect(this.onDeleted, this);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { model } = this.document.desk;
    model.setWatching(this, false);
    model.deleted.disconnect(this.onDeleted, this);
    this.document.dispose();
    super.dispose();
  }

  protected override draw(): JSX.Element {
    return <Document document={this.document} form={this.form} />;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.document.desk.model.setWatching(this, true);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.document.desk.model.setWatching(this, this.isVisible);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.document.desk.model.setWatching(this, false);
  }

  private onDeleted(_: unknown, ids: readonly string[]): void {
    if (ids.includes(this.document.id)) {
      this.parent?.dispose();
    }
  }
}

function Document<
  Head extends IRecord,
  Nested extends IRecord,
  Tab extends string,
  Doc extends ObjectDocument<Head, Nested, Tab>
>(props: { document: Doc; form: IDocumentForm<Head, Tab, Doc> }): JSX.Element {
  const trans = useTrans();
  const { document, form } = props;
  useModel<ObjectDocument<Head, Nested, Tab>>(document);
  const { model } = document.desk;
  const error = useSignal(model.changed, () => model.error);
  const { object, tab } = document;
  if (!object) {
    if (error) {
      return (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void model.refresh()
          }}
        />
      );
    }
    return model.isLoaded ? (
      <EmptyState sentence={form.gone(document.id)} />
    ) : (
      <p className="jp-mistudio-Objects-hint" role="status">
        {trans.__('Loading…')}
      </p>
    );
  }
  const progress = progressOf(object);
  return (
    <>
      {form.head(document, object)}
      {progress && <ProgressLine progress={progress} label={object.name} />}
      <Tabs
        id={`mistudio-${document.id}`}
        label={form.label}
        tabs={form.tabs}
        current={tab}
        onChange={next => {
          document.tab = next;
        }}
      >
        {form.body(document, tab)}
      </Tabs>
    </>
  );
}
