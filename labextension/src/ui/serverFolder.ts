import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

/** Lets the reader choose a folder of the server; null where that was given up. */
export type ChooseFolder = () => Promise<string | null>;

/** Folders as JupyterLab's own browser shows them. */
export function folderChooser(
  browser: IDefaultFileBrowser,
  title: string,
  serverPath: (path: string) => string
): ChooseFolder {
  return async () => {
    const { FileDialog } = await import('@jupyterlab/filebrowser');
    const { button, value } = await FileDialog.getExistingDirectory({
      manager: browser.model.manager,
      title
    });
    const [folder] = value ?? [];
    return button.accept && folder ? serverPath(folder.path) : null;
  };
}
