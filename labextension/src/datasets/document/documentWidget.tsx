import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Dataset, Tokenization } from '../../api/types';
import {
  ObjectWidget,
  type IDocumentForm
} from '../../ui/objects/objectWidget';
import { CompareTab } from '../compare/compareTab';
import { ArrangeTab } from '../deriving/arrangeTab';
import { CleanTab } from '../deriving/cleanTab';
import type { DatasetsDesk } from '../desk';
import { datasetsIcon } from '../icons';
import { SamplesTab } from '../samples/samplesTab';
import { StatisticsTab } from '../statistics/statisticsTab';
import { PreviewTab } from '../tokens/previewTab';
import { TokenizationsTab } from '../tokens/tokenizationsTab';
import { AboutTab } from './aboutTab';
import { DatasetHead } from './documentHead';
import { DatasetDocument } from './documentModel';
import { TABS, type Tab } from './tabNames';

/** A dataset in the main area. */
export class DatasetWidget extends ObjectWidget<
  Dataset,
  Tokenization,
  Tab,
  DatasetDocument
> {
  constructor(desk: DatasetsDesk, dataset: string) {
    super(new DatasetDocument(desk, dataset), formOf(desk.studio.trans));
  }
}

function formOf(
  trans: TranslationBundle
): IDocumentForm<Dataset, Tab, DatasetDocument> {
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
  return {
    prefix: 'mistudio-dataset',
    icon: datasetsIcon,
    label: trans.__('Dataset'),
    captionOf: name => trans.__('Dataset %1', name),
    gone: id => trans.__('There is no dataset %1 any more.', id),
    tabs: TABS.map(tab => [tab, words[tab]] as const),
    head: (document, dataset) => (
      <DatasetHead document={document} dataset={dataset} />
    ),
    body: (document, tab) => {
      const Body = BODIES[tab];
      return <Body document={document} />;
    }
  };
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
