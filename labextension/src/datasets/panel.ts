import type { ITranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { Dataset, Tokenization } from '../api/types';
import { ListPanel } from '../ui/objects/listPanel';
import type { DatasetsDesk } from './desk';
import { FileDrops } from './adding/fileDrops';
import { datasetsIcon } from './icons';
import { DatasetList } from './list';

/** The datasets in the left sidebar; files can be dropped anywhere on it. */
export class DatasetsPanel extends ListPanel<Dataset, Tokenization> {
  constructor(
    private readonly desk: DatasetsDesk,
    /** A path of the contents service as it is below the server's root. */
    private readonly serverPath: (path: string) => string,
    translator?: ITranslator
  ) {
    super({
      id: 'mistudio-datasets',
      label: desk.studio.trans.__('Datasets'),
      icon: datasetsIcon,
      desk,
      draw: () => React.createElement(DatasetList, { desk }),
      translator
    });
    this.addClass('jp-mistudio-DatasetsPanel');
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    const { actions } = this.desk;
    this.drops = new FileDrops({
      node: this.node,
      onFiles: files => actions.addFiles(files),
      onFolders: () => actions.explainFolders(),
      onPaths: paths => void actions.addPaths(paths.map(this.serverPath))
    });
  }

  protected override onBeforeDetach(message: Message): void {
    this.drops?.dispose();
    super.onBeforeDetach(message);
  }

  private drops: FileDrops | null = null;
}
