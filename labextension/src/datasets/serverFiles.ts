import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IServerFiles } from './commands';

const READABLE = /\.(txt|jsonl)$/i;

/** The server's files as JupyterLab's own browser shows them. */
export function serverFiles(
  browser: IDefaultFileBrowser,
  serverPath: (path: string) => string,
  trans: TranslationBundle
): IServerFiles {
  return {
    selected: () =>
      Array.from(browser.selectedItems())
        .filter(item => item.type !== 'directory' && READABLE.test(item.name))
        .map(item => serverPath(item.path)),
    choose: async () => {
      const { FileDialog } = await import('@jupyterlab/filebrowser');
      const { button, value } = await FileDialog.getOpenFiles({
        manager: browser.model.manager,
        title: trans.__('Choose a .txt or .jsonl file'),
        filter: item =>
          item.type === 'directory' || READABLE.test(item.name) ? {} : null
      });
      const [file] = value ?? [];
      return button.accept && file ? serverPath(file.path) : null;
    }
  };
}
