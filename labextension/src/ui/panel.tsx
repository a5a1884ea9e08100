import {
  ReactWidget,
  SidePanel,
  Toolbar,
  UseSignal,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import type { AccordionPanel } from '@lumino/widgets';
import * as React from 'react';
import type { EventStream } from '../api/events';
import type { IMiStudio } from '../tokens';
import { TransContext } from './hooks';
import { PanelHead } from './liveMark';
import { ErrorNote } from './notes';

/** Something that costs only while somebody looks. */
export interface IActive {
  /** Catches up when it becomes true. */
  isActive: boolean;
}

/** Pixels of an open section at the least, and the share that it gets if it has fewer. */
const SMALLEST = 40;
const SHARE = 0.5;

/** A side panel of ours: a head that says whether it is live, and sections. */
export class StudioPanel extends SidePanel {
  constructor(options: StudioPanel.IOptions) {
    super({ translator: options.translator });
    const { studio, label } = options;
    this.id = options.id;
    this._models = options.models ?? [];
    this.addClass('jp-mistudio-Panel');
    this.title.icon = options.icon;
    this.title.caption = label;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', label);
    this.header.addWidget(new PanelHead(label, studio.events, studio.trans));
    this.header.addWidget(new MissingNote(studio));
    this._sections.expansionToggled.connect(this._giveRoom, this);
  }

  /** Add a section with its own toolbar in its title. */
  addSection(section: StudioSection): void {
    this.addWidget(section);
  }

  /** Fold a section, until the reader opens it. */
  collapse(section: StudioSection): void {
    this._sections.collapse(this.widgets.indexOf(section));
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._activate(true);
    this._giveRoom();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._activate(this.isVisible);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._activate(false);
  }

  /** A section that was folded from the start has no size to come back to. */
  private _giveRoom(): void {
    // After the layout: only then it shows what is too small.
    requestAnimationFrame(() => {
      if (this.isDisposed) {
        return;
      }
      const small = this.widgets.map(
        section => section.isVisible && section.node.clientHeight < SMALLEST
      );
      if (small.includes(true)) {
        const sizes = this._sections.relativeSizes();
        this._sections.setRelativeSizes(
          sizes.map((size, index) => (small[index] ? SHARE : size))
        );
      }
    });
  }

  private get _sections(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  private _activate(active: boolean): void {
    for (const model of this._models) {
      model.isActive = active;
    }
  }

  private readonly _models: readonly IActive[];
}

export namespace StudioPanel {
  export interface IOptions {
    id: string;
    label: string;
    icon: LabIcon;
    studio: IMiStudio;
    /** They rest while the panel is hidden, and catch up when it is shown. */
    models?: readonly IActive[];
    translator?: ITranslator;
  }
}

/** A widget of ours drawn by React, with the translator for all that is in it. */
export abstract class StudioWidget extends ReactWidget {
  constructor(protected readonly trans: TranslationBundle) {
    super();
    this.addClass('jp-mistudio-Widget');
  }

  protected abstract draw(): JSX.Element;

  protected override render(): JSX.Element {
    return (
      <TransContext.Provider value={this.trans}>
        {this.draw()}
      </TransContext.Provider>
    );
  }
}

/** A section of a side panel: a title, a toolbar, and what `draw` gives. */
export class StudioSection extends StudioWidget {
  constructor(options: StudioSection.IOptions) {
    super(options.trans);
    this._draw = options.draw;
    this.title.label = options.label;
    this.toolbar = new Toolbar();
    this.toolbar.node.setAttribute('aria-label', options.toolbarLabel);
    this.addClass('jp-mistudio-Section');
  }

  readonly toolbar: Toolbar;

  protected override draw(): JSX.Element {
    return this._draw();
  }

  private readonly _draw: () => JSX.Element;
}

export namespace StudioSection {
  export interface IOptions {
    label: string;
    toolbarLabel: string;
    trans: TranslationBundle;
    draw: () => JSX.Element;
  }
}

/** Says what to do when the page has miStudio and the server has not. */
class MissingNote extends StudioWidget {
  constructor(studio: IMiStudio) {
    super(studio.trans);
    this._events = studio.events;
  }

  protected override draw(): JSX.Element {
    return (
      <UseSignal signal={this._events.stateChanged}>
        {() => {
          const { state, problem } = this._events;
          return state === 'offline' &&
            problem &&
            problem.code !== 'unreachable' ? (
            <ErrorNote
              error={problem}
              action={{
                label: this.trans.__('Try again'),
                run: () => this._events.retry()
              }}
            />
          ) : null;
        }}
      </UseSignal>
    );
  }

  private readonly _events: EventStream;
}
