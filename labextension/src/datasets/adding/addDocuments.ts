import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, WidgetTracker } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import { CommandIDs } from '../commandIds';
import type { DatasetsDesk } from '../desk';
import type { AddWidget } from './addWidget';
import type { Draft } from './arriving';
import type { ChooseFile } from './serverFiles';
import type { FileUpload } from './upload';
import type { Uploads } from './uploads';

/** The documents in which a dataset is put together before it is added. */
export class AddDocuments {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly desk: DatasetsDesk,
    private readonly choose?: ChooseFile
  ) {
    desk.uploads.asks.connect(this.onAsks, this);
    desk.uploads.forgotten.connect(this.onForgotten, this);
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: CommandIDs.addPath,
      args: ({ id, content: { form } }) => ({
        id,
        draft: JSON.stringify(form.value)
      }),
      name: ({ id }) => id
    });
  }

  /** Open one for this draft; an open one for the same source comes to the front. */
  async open(
    draft: Draft,
    id = `mistudio-add-${UUID.uuid4()}`
  ): Promise<AddWidget> {
    const { AddWidget } = await import('./addWidget');
    const { studio, uploads } = this.desk;
    let widget = this.tracker.find(
      ({ content: { form } }) =>
        form.value.path === draft.path && form.value.upload === draft.upload
    );
    if (!widget) {
      const made = new AddWidget({
        id,
        studio,
        draft,
        title: uploads.find(draft.upload)?.name,
        choose: this.choose,
        onAdded: (dataset, added) => {
          uploads.taken(added.upload);
          void this.app.commands.execute(CommandIDs.open, { id: dataset });
        }
      });
      this.app.shell.add(made, 'main', { type: 'miStudio' });
      await this.tracker.add(made);
      made.content.form.changed.connect(() => void this.tracker.save(made));
      widget = made;
    }
    this.app.shell.activateById(widget.id);
    return widget;
  }

  /** An upload arrived, and how to read it is not plain. */
  private onAsks(_: Uploads, { upload, isWanted }: Uploads.IAsked): void {
    if (isWanted) {
      void this.openUpload(upload);
      return;
    }
    // Whoever went on to something else is not to be led away from it.
    const { trans } = this.desk.studio;
    Notification.info(
      trans.__('“%1” has arrived. Say how to read it.', upload.name),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Choose…'),
            callback: () => void this.openUpload(upload)
          }
        ]
      }
    );
  }

  private async openUpload(upload: FileUpload): Promise<void> {
    if (upload.serverId !== null && !upload.isDisposed) {
      await this.open({ ...upload.params, upload: upload.serverId });
    }
  }

  /** An upload that was thrown away is not added any more. */
  private onForgotten(_: Uploads, id: string): void {
    this.tracker
      .find(({ content: { form } }) => form.value.upload === id)
      ?.dispose();
  }

  private readonly tracker = new WidgetTracker<AddWidget>({
    namespace: 'mistudio-adding'
  });
}
