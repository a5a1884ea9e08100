import { MainAreaWidget } from '@jupyterlab/apputils';
import { downloadIcon, ToolbarButton } from '@jupyterlab/ui-components';
import * as React from 'react';
import { logIcon } from '../../ui/icons';
import { StudioWidget } from '../../ui/panel';
import type { JobsDesk } from '../desk';
import { downloadLog } from './download';
import { LogModel } from './model';
import { LogView } from './view';

/** The log of one job in the main area. */
export class LogDocument extends MainAreaWidget<LogContent> {
  constructor(desk: JobsDesk, id: string) {
    super({ content: new LogContent(desk, id) });
    const { trans } = desk.studio;
    this.id = `mistudio-job-log-${id}`;
    this.title.icon = logIcon;
    this.title.closable = true;
    this.title.caption = id;
    this._desk = desk;
    this._name();
    // After a reload the list of jobs may come later than this.
    desk.model.changed.connect(this._name, this);
    this.toolbar.addItem(
      'download',
      new ToolbarButton({
        icon: downloadIcon,
        label: trans.__('Download'),
        tooltip: trans.__('Download the whole log as a text file'),
        onClick: () => void downloadLog(desk.studio, id)
      })
    );
  }

  get job(): string {
    return this.content.log.job;
  }

  override dispose(): void {
    this._desk.model.changed.disconnect(this._name, this);
    super.dispose();
  }

  private _name(): void {
    const { model, studio } = this._desk;
    this.title.label = studio.trans.__(
      'Log of %1',
      model.get(this.job)?.label ?? this.job
    );
  }

  private readonly _desk: JobsDesk;
}

class LogContent extends StudioWidget {
  constructor(
    private readonly _desk: JobsDesk,
    id: string
  ) {
    super(_desk.studio.trans);
    this.log = new LogModel(_desk.studio.client, _desk.studio.events, id);
    this.node.tabIndex = -1;
  }

  readonly log: LogModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.log.dispose();
      super.dispose();
    }
  }

  protected override draw(): JSX.Element {
    return <LogView log={this.log} desk={this._desk} />;
  }
}
