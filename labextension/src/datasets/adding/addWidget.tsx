import { MainAreaWidget } from '@jupyterlab/apputils';
import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IMiStudio } from '../../tokens';
import { StudioWidget } from '../../ui/panel';
import { AddForm } from './addForm';
import { AddView } from './addView';
import type { Draft } from './arriving';
import type { ChooseFile } from './serverFiles';

/** A dataset about to be added, in the main area. */
export class AddWidget extends MainAreaWidget<AddContent> {
  constructor(options: AddWidget.IOptions) {
    super({ content: new AddContent(options) });
    const { trans } = options.studio;
    this.id = options.id;
    this.title.icon = addIcon;
    this.title.label = trans.__('Add a dataset');
    this.title.caption = this.title.label;
    this.title.closable = true;
    this.toolbar.hide();
  }
}

export namespace AddWidget {
  export interface IOptions {
    id: string;
    studio: IMiStudio;
    draft: Draft;
    /** What an upload is called. */
    title?: string;
    choose?: ChooseFile;
    /** What happens once it was added. */
    onAdded: (dataset: string, draft: Draft) => void;
  }
}

export class AddContent extends StudioWidget {
  constructor(private readonly options: AddWidget.IOptions) {
    super(options.studio.trans);
    this.addClass('jp-mistudio-AddContent');
    this.node.tabIndex = -1;
    this.form = new AddForm(options);
  }

  readonly form: AddForm;

  override dispose(): void {
    if (!this.isDisposed) {
      this.form.dispose();
      super.dispose();
    }
  }

  /** Whoever opens it begins to type; whoever comes back is left where they were. */
  protected override onActivateRequest(): void {
    const { activeElement } = document;
    if (activeElement === this.node || !this.node.contains(activeElement)) {
      const first = this.node.querySelector<HTMLElement>('input, select');
      (first ?? this.node).focus();
    }
  }

  protected override draw(): JSX.Element {
    const { studio, choose, title } = this.options;
    return (
      <AddView
        form={this.form}
        studio={studio}
        choose={choose}
        title={title}
        onAdd={() => void this.add()}
        onClose={() => this.dispose()}
      />
    );
  }

  private async add(): Promise<void> {
    const { form } = this;
    const dataset = await form.add();
    if (dataset !== null) {
      const draft = form.value as Draft;
      // The widget around it goes with it.
      this.dispose();
      this.options.onAdded(dataset, draft);
    }
  }
}
