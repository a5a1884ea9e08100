import { Dialog } from '@jupyterlab/apputils';
import { ApiError } from '../api/errors';
import type { IMiStudio } from '../tokens';
import { StudioWidget } from './panel';

export interface IAsk<T> {
  studio: IMiStudio;
  title: string;
  /** On the button that does it; left out: Add. */
  okLabel?: string;
  first: T;
  form: (
    value: T,
    onChange: (value: T) => void,
    error: ApiError | null
  ) => JSX.Element;
  /** Does it; what it throws is shown in the form, which asks again. */
  submit: (value: T) => Promise<void>;
  /** Another dialog that fills in a part; the form comes back after it. */
  detour?: { label: string; run: (value: T) => Promise<T> };
}

const DETOUR = 'detour';

/** Ask with a form in a dialog, again and again until it is done or given up. */
export async function askUntilDone<T>(ask: IAsk<T>): Promise<void> {
  const { trans } = ask.studio;
  let value = ask.first;
  let error: ApiError | null = null;
  for (;;) {
    const body = new FormBody(ask, value, error);
    const dialog = new FormDialog<T>({
      title: ask.title,
      body,
      focusNodeSelector: 'textarea, input',
      buttons: [
        Dialog.cancelButton(),
        ...(ask.detour
          ? [
              Dialog.createButton({
                label: ask.detour.label,
                actions: [DETOUR],
                // One button alone looks like the one that does it.
                accept: false
              })
            ]
          : []),
        Dialog.okButton({ label: ask.okLabel ?? trans.__('Add') })
      ]
    });
    const result = await dialog.launch();
    if (ask.detour && result.button.actions.includes(DETOUR)) {
      error = null;
      value = await ask.detour.run(body.getValue());
      continue;
    }
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
