import { refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { ITranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { jobsIcon } from '../ui/icons';
import { StudioPanel, StudioSection } from '../ui/panel';
import { showBadge } from './badge';
import type { JobsDesk } from './desk';
import { JobList } from './list';
import { Workspace } from './workspace';

export const PANEL_ID = 'mistudio-jobs';

/** The right sidebar's panel: what runs, and where. */
export class JobsPanel extends StudioPanel {
  constructor(desk: JobsDesk, translator?: ITranslator) {
    const { studio, model } = desk;
    const { trans } = studio;
    super({
      id: PANEL_ID,
      label: trans.__('Jobs'),
      icon: jobsIcon,
      studio,
      models: [model],
      translator
    });
    const jobs = new StudioSection({
      label: trans.__('All jobs'),
      toolbarLabel: trans.__('Jobs toolbar'),
      trans,
      draw: () => <JobList desk={desk} />
    });
    jobs.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Ask the server for the list again'),
        onClick: () => model.refresh()
      })
    );
    this.addSection(jobs);
    const workspace = new StudioSection({
      label: trans.__('Workspace'),
      toolbarLabel: trans.__('Workspace toolbar'),
      trans,
      draw: () => <Workspace studio={studio} />
    });
    workspace.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Ask the server again'),
        // What goes wrong is said in the section.
        onClick: () => void studio.system(true).catch(() => undefined)
      })
    );
    this.addSection(workspace);
    this.collapse(workspace);
    showBadge(this.title, model, trans);
  }
}
