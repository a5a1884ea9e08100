import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { Kernel, Terminal } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { bind, inSubshell, KernelRefused, PackageMissing } from './bind';
import { afterThreshold, dragImage, StudioDrag } from './drag';
import { ensureImport, insertIntoConsole, insertIntoNotebook } from './insert';
import { ObjectCode } from './objectCode';
import type { HandoffTarget } from './target';
import { oneLine } from './text';
import type { IKernelHandoff, IObjectForm, IStudioObject } from './tokens';

const INSTALL = '%pip install mistudio-ext';

/** Carries objects into notebooks and kernels; runs nothing unless it was asked to. */
export class KernelHandoff implements IKernelHandoff, IDisposable {
  constructor(private readonly options: KernelHandoff.IOptions) {
    this.objectCode = new ObjectCode(options.workspace);
    options.target.changed.connect(this.emitChanged, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  register(form: IObjectForm): IDisposable {
    return this.objectCode.register(form);
  }

  get selected(): readonly IStudioObject[] {
    return this._selected;
  }

  /** The selection changed, or where it could go. */
  get selectedChanged(): ISignal<this, void> {
    return this._selectedChanged;
  }

  select(objects: readonly IStudioObject[]): void {
    this._selected = [...objects];
    this.emitChanged();
  }

  code(objects: readonly IStudioObject[]): string {
    return this.objectCode.lines(objects);
  }

  beginDrag(
    event: { button: number; clientX: number; clientY: number },
    objects: readonly IStudioObject[]
  ): void {
    afterThreshold(event, (x, y) => this.drag(objects, x, y));
  }

  insertBlocked(): string | null {
    return this.options.target.insertBlocked();
  }

  sendBlocked(): string | null {
    return this.options.target.sendBlocked();
  }

  async insert(objects: readonly IStudioObject[]): Promise<void> {
    await this.insertCode(this.code(objects));
  }

  async copy(objects: readonly IStudioObject[]): Promise<void> {
    Clipboard.copyToSystem(this.code(objects));
  }

  async send(objects: readonly IStudioObject[]): Promise<string[]> {
    const { target } = this.options;
    const { context } = target;
    const where = target.name;
    try {
      // Without a kernel there is nothing to be ready for, and `ready` may never come.
      this.refuse(target.sendBlocked());
      await context?.ready;
      this.refuse(target.sendBlocked());
      const kernel = context?.session?.kernel;
      if (!kernel) {
        return [];
      }
      const info = await kernel.info;
      this.refuse(target.languageBlocked(info.language_info.name));
      const names = await this.bindIn(kernel, objects, where);
      return names;
    } catch (thrown) {
      this.explain(thrown, where);
      return [];
    }
  }

  private async bindIn(
    kernel: Kernel.IKernelConnection,
    objects: readonly IStudioObject[],
    where: string
  ): Promise<string[]> {
    const { trans } = this;
    const calls = this.objectCode.calls(objects);
    const path = this.objectCode.path();
    const told = (names: string[]) =>
      names.length === 1
        ? trans.__(
            '%1 is now %2 in %3.',
            oneLine(objects[0].name, 40),
            names[0],
            oneLine(where, 40)
          )
        : trans.__(
            'In %1 there are now: %2.',
            oneLine(where, 40),
            names.join(', ')
          );

    if (kernel.status !== 'busy' || kernel.supportsSubshells) {
      const names =
        kernel.status === 'busy'
          ? await inSubshell(kernel, shell => bind(shell, calls, path))
          : await bind(kernel, calls, path);
      Notification.success(told(names), { autoClose: 4000 });
      return names;
    }
    const waiting = Notification.emit(
      trans.__(
        'The kernel of %1 is busy. This waits until it is done.',
        oneLine(where, 40)
      ),
      'in-progress',
      { autoClose: false }
    );
    try {
      const names = await bind(kernel, calls, path);
      Notification.update({
        id: waiting,
        message: told(names),
        type: 'success',
        autoClose: 4000
      });
      return names;
    } catch (thrown) {
      Notification.dismiss(waiting);
      throw thrown;
    }
  }

  private refuse(reason: string | null): void {
    if (reason !== null) {
      throw new KernelRefused(reason);
    }
  }

  private explain(thrown: unknown, where: string): void {
    const { trans } = this;
    if (thrown instanceof PackageMissing) {
      Notification.error(
        trans.__(
          'The kernel of %1 lacks miStudio. Run %2 in it, then send again.',
          oneLine(where, 40),
          INSTALL
        ),
        {
          autoClose: false,
          actions: [
            {
              label: trans.__('Insert this line'),
              callback: () => void this.insertCode(INSTALL)
            }
          ]
        }
      );
      return;
    }
    const message =
      thrown instanceof KernelRefused && thrown.message
        ? thrown.message
        : trans.__(
            'The kernel of %1 stopped before it could answer. Send again when it is ready.',
            oneLine(where, 40)
          );
    Notification.error(message, { autoClose: 8000 });
  }

  private async insertCode(code: string): Promise<void> {
    const { notebook, console } = this.options.target;
    const blocked = this.insertBlocked();
    if (blocked !== null) {
      Notification.warning(blocked, { autoClose: 5000 });
    } else if (notebook) {
      await insertIntoNotebook(notebook, code);
    } else if (console) {
      insertIntoConsole(console, code);
    }
  }

  private drag(objects: readonly IStudioObject[], x: number, y: number): void {
    const code = this.objectCode;
    let usedIn: Element | null = null;
    const drag = new StudioDrag({
      content: {
        lines: code.lines(objects),
        expression: code.expression(objects),
        markdown: code.markdown(objects),
        ids: code.ids(objects)
      },
      image: dragImage(oneLine(objects[0].name, 40), objects.length),
      terminalAt: this.options.terminalAt,
      onExpression: editor => {
        usedIn = editor;
      }
    });
    void drag.start(x, y).then(() => {
      drag.dispose();
      const panel = usedIn && this.options.target.notebookAt(usedIn);
      if (usedIn && panel) {
        ensureImport(panel, usedIn);
      }
    });
  }

  private emitChanged(): void {
    this._selectedChanged.emit();
  }

  private get trans(): TranslationBundle {
    return this.options.trans;
  }

  private _isDisposed = false;
  private _selected: readonly IStudioObject[] = [];
  private readonly _selectedChanged = new Signal<this, void>(this);
  private readonly objectCode: ObjectCode;
}

export namespace KernelHandoff {
  export interface IOptions {
    target: HandoffTarget;
    trans: TranslationBundle;
    /** The workspace's path where a kernel must be told of it, else null. */
    workspace(): string | null;
    terminalAt(element: Element): Terminal.ITerminalConnection | null;
  }
}
