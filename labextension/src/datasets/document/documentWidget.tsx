import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { StudioWidget } from '../../ui/panel';
import { ProgressLine } from '../../ui/progressLine';
import { Tabs } from '../../ui/tabs';
import { AboutTab } from './aboutTab';
import { DocumentHead } from './documentHead';
import { DatasetDocument } from './documentModel';
import { TABS, type Tab } from './tabNames';
import type { DatasetsDesk } from '../desk';
import { datasetsIcon } from '../icons';
import { PreviewTab } from '../tokens/previewTab';
import { CompareTab } from '../compare/compareTab';
import { ArrangeTab } from '../deriving/arrangeTab';
import { CleanTab } from '../deriving/cleanTab';
import { SamplesTab } from '../samples/samplesTab';
import { StatisticsTab } from '../statistics/statisticsTab';
import { TokenizationsTab } from '../tokens/tokenizationsTab';
import { progressOf } from '../words';

/** A dataset in the main area. */
export class DatasetWidget extends MainAreaWidget<DatasetContent> {
  constructor(document: DatasetDocument) {
    super({ content: new DatasetContent(document) });
    this.id = `mistudio-dataset-${document.id}`;
    this.title.icon = datasetsIcon;
    this.title.closable = true;
    this.toolbar.hide();
    document.changed.connect(this.onDocument, this);
    this.onDocument();
  }

  static of(desk: DatasetsDesk, dataset: string): DatasetWidget {
    return new DatasetWidget(new DatasetDocument(desk, dataset));
  }

  private onDocument(): void {
    const { document } = this.content;
    const name = document.dataset?.name ?? document.id;
    this.title.label = name;
    this.title.caption = this.content.captionOf(name);
  }
}

/** What is drawn; it asks for nothing while it is hidden. */
export class DatasetContent extends StudioWidget {
  constructor(readonly document: DatasetDocument) {
    super(document.desk.studio.trans);
    this.addClass('jp-mistudio-Document');
    this.node.tabIndex = -1;
    document.desk.model.deleted.connect(this.onDeleted, this);
  }

  captionOf(name: string): string {
    return this.trans.__('Dataset %1', name);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { desk } = this.document;
    desk.model.setWatching(this, false);
    desk.model.deleted.disconnect(this.onDeleted, this);
    this.document.dispose();
    super.dispose();
  }

  protected override draw(): JSX.Element {
    return <Document document={this.document} />;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.document.desk.model.setWatching(this, true);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.document.desk.model.setWatching(this, this.isVisible);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.document.desk.model.setWatching(this, false);
  }

  private onDeleted(_: unknown, ids: readonly string[]): void {
    if (ids.includes(this.document.id)) {
      this.parent?.dispose();
    }
  }
}

function Document(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { model } = document.desk;
  const error = useSignal(model.changed, () => model.error);
  const { dataset, tab } = document;
  if (!dataset) {
    if (error) {
      return (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void model.refresh()
          }}
        />
      );
    }
    return model.isLoaded ? (
      <EmptyState
        sentence={trans.__('There is no dataset %1 any more.', document.id)}
      />
    ) : (
      <p className="jp-mistudio-Datasets-hint" role="status">
        {trans.__('Loading…')}
      </p>
    );
  }
  const Body = BODIES[tab];
  const progress = progressOf(dataset);
  const words: Record<Tab, string> = {
    samples: trans.__('Samples'),
    tokenizations: trans.__('Tokenizations'),
    statistics: trans.__('Statistics'),
    compare: trans.__('Compare'),
    preview: trans.__('Preview'),
    clean: trans.__('Clean'),
    arrange: trans.__('Shuffle and split'),
    about: trans.__('About')
  };
  return (
    <>
      <DocumentHead document={document} dataset={dataset} />
      {progress && <ProgressLine progress={progress} label={dataset.name} />}
      <Tabs
        id={`mistudio-${document.id}`}
        label={trans.__('Dataset')}
        tabs={TABS.map(each => [each, words[each]] as const)}
        current={tab}
        onChange={next => {
          document.tab = next;
        }}
      >
        <Body document={document} />
      </Tabs>
    </>
  );
}

const BODIES: Record<
  Tab,
  (props: { document: DatasetDocument }) => JSX.Element | null
> = {
  samples: SamplesTab,
  tokenizations: TokenizationsTab,
  statistics: StatisticsTab,
  compare: CompareTab,
  preview: PreviewTab,
  clean: CleanTab,
  arrange: ArrangeTab,
  about: AboutTab
};
