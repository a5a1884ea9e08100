import type { Drag } from '@lumino/dragdrop';
import type { IDisposable } from '@lumino/disposable';

/** What JupyterLab's file browser says of the files it drags: their paths. */
const CONTENTS = 'application/x-jupyter-icontents';
const OVER = 'jp-mistudio-mod-dropTarget';
const NATIVE = ['dragenter', 'dragover', 'dragleave', 'drop'];
const LUMINO = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];

/** Takes files on a node: from the desktop, or from JupyterLab's file browser. */
export class FileDrops implements IDisposable {
  constructor(private readonly options: FileDrops.IOptions) {
    for (const type of [...NATIVE, ...LUMINO]) {
      options.node.addEventListener(type, this);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    for (const type of [...NATIVE, ...LUMINO]) {
      this.options.node.removeEventListener(type, this);
    }
  }

  handleEvent(event: Event): void {
    if (event.type.startsWith('lm-')) {
      this.onLumino(event as Drag.Event);
    } else {
      this.onNative(event as DragEvent);
    }
  }

  private onNative(event: DragEvent): void {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) {
      return;
    }
    // Without this the browser would leave the page to show the file.
    event.preventDefault();
    event.stopPropagation();
    this.mark(event);
    if (event.type === 'drop') {
      const { files, folders } = sorted(dataTransfer);
      if (files.length) {
        this.options.onFiles(files);
      }
      if (folders) {
        this.options.onFolders();
      }
    } else {
      dataTransfer.dropEffect = 'copy';
    }
  }

  private onLumino(event: Drag.Event): void {
    if (!event.mimeData.hasData(CONTENTS)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.mark(event);
    // The file browser allows no other than its own; the file stays where it is all the same.
    event.dropAction = event.proposedAction;
    if (event.type === 'lm-drop') {
      this.options.onPaths(event.mimeData.getData(CONTENTS) as string[]);
    }
  }

  private mark(event: MouseEvent): void {
    const { node } = this.options;
    const to = event.relatedTarget;
    const leaves =
      event.type.endsWith('drop') ||
      (event.type.endsWith('leave') &&
        !(to instanceof Node && node.contains(to)));
    node.classList.toggle(OVER, !leaves);
  }

  private _isDisposed = false;
}

/** Folders come as entries of size zero without a type; they cannot be read as files. */
function sorted(transfer: DataTransfer): { files: File[]; folders: number } {
  const items = Array.from(transfer.items).filter(
    ({ kind }) => kind === 'file'
  );
  const isFolder = (item: DataTransferItem) =>
    !!item.webkitGetAsEntry?.()?.isDirectory;
  return {
    files: items
      .filter(item => !isFolder(item))
      .map(item => item.getAsFile())
      .filter((file): file is File => file !== null),
    folders: items.filter(isFolder).length
  };
}

export namespace FileDrops {
  export interface IOptions {
    node: HTMLElement;
    onFiles(files: File[]): void;
    /** Folders of the reader's computer were among them. */
    onFolders(): void;
    /** Paths as JupyterLab's contents service has them. */
    onPaths(paths: string[]): void;
  }
}
