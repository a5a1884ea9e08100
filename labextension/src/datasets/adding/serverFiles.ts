import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Lets the reader choose a file or folder of the server; null where that was given up. */
export type ChooseFile = () => Promise<string | null>;

/** The files and folders of the server that are marked in JupyterLab's own browser. */
export interface IServerFiles {
  selected(): string[];
  choose: ChooseFile;
}

/** What is offered; the server decides what it reads. */
const FORMATS = ['txt', 'jsonl', 'ndjson', 'json', 'csv', 'tsv'];
const READABLE = new RegExp(
  `\\.((${FORMATS.join('|')})(\\.(gz|zst|bz2|xz))?|parquet|arrow)$`,
  'i'
);

/** For the browser's own dialog, which knows a file by the end of its name. */
export const ACCEPTED = [
  ...FORMATS.map(each => `.${each}`),
  '.gz',
  '.zst',
  '.bz2',
  '.xz',
  '.parquet',
  '.arrow'
].join(',');

/** The server's files as JupyterLab's own browser shows them. */
export function serverFiles(
  browser: IDefaultFileBrowser,
  serverPath: (path: string) => string,
  trans: TranslationBundle
): IServerFiles {
  const isOffered = (item: { type: string; name: string }) =>
    item.type === 'directory' || READABLE.test(item.name);
  return {
    selected: () =>
      Array.from(browser.selectedItems())
        .filter(isOffered)
        .map(item => serverPath(item.path)),
    choose: async () => {
      const { FileDialog } = await import('@jupyterlab/filebrowser');
      const { button, value } = await FileDialog.getOpenFiles({
        manager: browser.model.manager,
        title: trans.__('Choose a file or folder with text'),
        filter: item => (isOffered(item) ? {} : null)
      });
      const [file] = value ?? [];
      return button.accept && file ? serverPath(file.path) : null;
    }
  };
}
