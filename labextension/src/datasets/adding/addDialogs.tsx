import { Dialog } from '@jupyterlab/apputils';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { AddDataset } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import { StudioWidget } from '../../ui/panel';
import { PasteForm, type IPasted } from './pasteForm';

export type Add = (params: Partial<AddDataset>) => Promise<void>;

/** Ask for texts, one sample a line, a paragraph, or all of it. */
export async function askTexts(options: {
  studio: IMiStudio;
  add: Add;
}): Promise<void> {
  const { studio, add } = options;
  await askUntilDone<IPasted>({
    studio,
    title: studio.trans.__('Add texts'),
    first: { name: '', text: '', by: 'line' },
    form: (value, onChange, error) => (
      <PasteForm value={value} error={error} onChange={onChange} />
    ),
    submit: value => add(PasteForm.params(value))
  });
}

export interface IAsk<T> {
  studio: IMiStudio;
  title: string;
  first: T;
  form: (
    value: T,
    onChange: (value: T) => void,
    error: ApiError | null
  ) => JSX.Element;
  /** Does it; what it throws is shown in the form, which asks again. */
  submit: (value: T) => Promise<void>;
}

export async function askUntilDone<T>(ask: IAsk<T>): Promise<void> {
  const { trans } = ask.studio;
  let value = ask.first;
  let error: ApiError | null = null;
  for (;;) {
    const dialog = new FormDialog<T>({
      title: ask.title,
      body: new FormBody(ask, value, error),
      focusNodeSelector: 'textarea, input',
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: trans.__('Add') })
      ]
    });
    const result = await dialog.launch();
    if (!result.button.accept || !result.value) {
      return;
    }
    value = result.value;
    try {
      await ask.submit(value);
      return;
    } catch (thrown) {
      // What was given stays in the form, with what is wrong beside it.
      error = ApiError.from(thrown);
    }
  }
}

/** A dialog in which Enter makes a new line where a text has lines. */
class FormDialog<T> extends Dialog<T> {
  override handleEvent(event: Event): void {
    const isLine =
      event instanceof KeyboardEvent &&
      event.key === 'Enter' &&
      event.target instanceof HTMLTextAreaElement;
    if (!isLine) {
      super.handleEvent(event);
    }
  }
}

/** A form in a dialog, whose values the dialog hands back. */
class FormBody<T> extends StudioWidget implements Dialog.IBodyWidget<T> {
  constructor(
    private readonly ask: IAsk<T>,
    private value: T,
    private readonly error: ApiError | null
  ) {
    super(ask.studio.trans);
    this.addClass('jp-mistudio-DialogForm');
  }

  getValue(): T {
    return this.value;
  }

  protected override draw(): JSX.Element {
    return this.ask.form(
      this.value,
      value => {
        this.value = value;
        this.update();
      },
      this.error
    );
  }
}
