import type { ITranslator } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { AccordionPanel } from '@lumino/widgets';
import { StudioPanel, StudioSection } from '../panel';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';

/** A side panel that is one list of objects. */
export class ListPanel<
  Head extends IRecord,
  Nested extends IRecord
> extends StudioPanel {
  constructor(options: ListPanel.IOptions<Head, Nested>) {
    const { id, label, icon, desk, translator } = options;
    const { studio, model } = desk;
    const watching = {
      set isActive(active: boolean) {
        model.setWatching(this, active);
      }
    };
    super({ id, label, icon, studio, models: [watching], translator });
    this.addClass('jp-mistudio-ListPanel');
    // It has one section; the head names it already.
    if (this.content instanceof AccordionPanel) {
      this.content.titleSpace = 0;
    }
    this.addSection(
      new StudioSection({
        label,
        toolbarLabel: label,
        trans: studio.trans,
        draw: options.draw
      })
    );
  }
}

export namespace ListPanel {
  export interface IOptions<Head extends IRecord, Nested extends IRecord> {
    id: string;
    label: string;
    icon: LabIcon;
    desk: ObjectsDesk<Head, Nested>;
    draw: () => JSX.Element;
    translator?: ITranslator;
  }
}
