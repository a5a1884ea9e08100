import type { ITranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { AccordionPanel } from '@lumino/widgets';
import * as React from 'react';
import { StudioPanel, StudioSection } from '../ui/panel';
import type { DatasetsDesk } from './desk';
import { FileDrops } from './adding/fileDrops';
import { datasetsIcon } from './icons';
import { DatasetList } from './list';

/** The datasets in the left sidebar; files can be dropped anywhere on it. */
export class DatasetsPanel extends StudioPanel {
  constructor(
    private readonly desk: DatasetsDesk,
    /** A path of the contents service as it is below the server's root. */
    private readonly serverPath: (path: string) => string,
    translator?: ITranslator
  ) {
    const { studio } = desk;
    const { trans } = studio;
    const watching = {
      set isActive(active: boolean) {
        desk.model.setWatching(this, active);
      }
    };
    super({
      id: 'mistudio-datasets',
      label: trans.__('Datasets'),
      icon: datasetsIcon,
      studio,
      models: [watching],
      translator
    });
    this.addClass('jp-mistudio-DatasetsPanel');
    // It has one section; the head names it already.
    if (this.content instanceof AccordionPanel) {
      this.content.titleSpace = 0;
    }
    this.addSection(
      new StudioSection({
        label: trans.__('Datasets'),
        toolbarLabel: trans.__('Datasets'),
        trans,
        draw: () => React.createElement(DatasetList, { desk })
      })
    );
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
