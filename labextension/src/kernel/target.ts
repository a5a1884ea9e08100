import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { ConsolePanel, IConsoleTracker } from '@jupyterlab/console';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

/** Where objects go: the notebook or console that was used last. */
export class HandoffTarget implements IDisposable {
  constructor(options: HandoffTarget.IOptions) {
    this.notebooks = options.notebooks;
    this.consoles = options.consoles;
    this.trans = options.trans;
    this.notebooks?.currentChanged.connect(this.noteTracked, this);
    this.consoles?.currentChanged.connect(this.noteTracked, this);
    options.shell?.currentChanged?.connect(this.noteShell, this);
  }

  /** Another notebook or console is the target now, or its kernel came or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
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

  get notebook(): NotebookPanel | null {
    return this.prefersConsole ? null : (this.notebooks?.currentWidget ?? null);
  }

  get console(): ConsolePanel | null {
    return this.notebook ? null : (this.consoles?.currentWidget ?? null);
  }

  get name(): string {
    return (this.notebook ?? this.console)?.title.label ?? '';
  }

  get context(): ISessionContext | null {
    return (this.notebook ?? this.console)?.sessionContext ?? null;
  }

  /** The notebook around an element of the page. */
  notebookAt(element: Element): NotebookPanel | null {
    return this.notebooks?.find(panel => panel.node.contains(element)) ?? null;
  }

  /** Why nothing can be inserted now. */
  insertBlocked(): string | null {
    const { notebook, console, trans } = this;
    if (!notebook && !console) {
      return trans.__('Open a notebook or a console first.');
    }
    if (notebook?.model?.readOnly) {
      return trans.__('This notebook is read-only.');
    }
    return null;
  }

  /** Why nothing can be sent now, as far as is known without asking the kernel. */
  sendBlocked(): string | null {
    const { context, trans, name } = this;
    if (!context) {
      return trans.__('Open a notebook or a console first.');
    }
    const kernel = context.session?.kernel;
    if (!kernel) {
      return trans.__(
        '%1 has no kernel. Start one from the Kernel menu.',
        name
      );
    }
    switch (kernel.status) {
      case 'dead':
        return trans.__(
          'The kernel of %1 is dead. Restart it from the Kernel menu.',
          name
        );
      case 'restarting':
      case 'autorestarting':
      case 'terminating':
        return trans.__(
          'The kernel of %1 is restarting. Try again when it is ready.',
          name
        );
    }
    const spec = context.specsManager?.specs?.kernelspecs[kernel.name];
    return spec ? this.languageBlocked(spec.language) : null;
  }

  languageBlocked(language: string): string | null {
    return language.toLowerCase() === 'python'
      ? null
      : this.trans.__(
          'The kernel of %1 runs %2. Objects can be sent to Python only.',
          this.name,
          language
        );
  }

  private noteTracked(_: unknown, widget: Widget | null): void {
    this.note(widget);
  }

  private noteShell(
    _: unknown,
    { newValue }: { newValue: Widget | null }
  ): void {
    this.note(newValue);
  }

  private note(widget: Widget | null): void {
    if (widget && this.consoles?.find(each => each === widget)) {
      this.consoleLast = true;
    } else if (widget && this.notebooks?.find(each => each === widget)) {
      this.consoleLast = false;
    }
    this.follow(this.context);
    this._changed.emit();
  }

  private follow(context: ISessionContext | null): void {
    if (context !== this.followed) {
      this.followed?.kernelChanged.disconnect(this.onKernel, this);
      this.followed?.statusChanged.disconnect(this.onKernel, this);
      context?.kernelChanged.connect(this.onKernel, this);
      context?.statusChanged.connect(this.onKernel, this);
      this.followed = context;
    }
    this.blocked = this.sendBlocked();
  }

  /** Of all that a kernel does, only what changes the answer is told. */
  private onKernel(): void {
    const blocked = this.sendBlocked();
    if (blocked !== this.blocked) {
      this.blocked = blocked;
      this._changed.emit();
    }
  }

  private get prefersConsole(): boolean {
    return this.consoleLast && !!this.consoles?.currentWidget;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private blocked: string | null = null;
  private consoleLast = false;
  private readonly consoles: IConsoleTracker | null;
  private followed: ISessionContext | null = null;
  private readonly notebooks: INotebookTracker | null;
  private readonly trans: TranslationBundle;
}

export namespace HandoffTarget {
  export interface IOptions {
    notebooks: INotebookTracker | null;
    consoles: IConsoleTracker | null;
    shell: JupyterFrontEnd.IShell | null;
    trans: TranslationBundle;
  }
}
