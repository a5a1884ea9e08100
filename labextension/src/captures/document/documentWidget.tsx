import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Capture } from '../../api/types';
import {
  ObjectWidget,
  type IDocumentForm
} from '../../ui/objects/objectWidget';
import type { CapturesDesk } from '../desk';
import { captureIcon } from '../icons';
import { StatisticsTab } from '../statistics/statisticsTab';
import { VectorsTab } from '../vectors/vectorsTab';
import { AboutTab } from './aboutTab';
import { AppendTab } from './appendTab';
import { CaptureHead } from './captureHead';
import { CaptureDocument } from './documentModel';
import { ExportTab } from './exportTab';
import { TABS, type Tab } from './tabNames';

/** A capture in the main area. */
export class CaptureWidget extends ObjectWidget<
  Capture,
  never,
  Tab,
  CaptureDocument
> {
  constructor(desk: CapturesDesk, capture: string) {
    super(new CaptureDocument(desk, capture), formOf(desk.studio.trans));
  }
}

function formOf(
  trans: TranslationBundle
): IDocumentForm<Capture, Tab, CaptureDocument> {
  const words: Record<Tab, string> = {
    statistics: trans.__('Statistics'),
    vectors: trans.__('Vectors'),
    append: trans.__('Add tokens'),
    export: trans.__('Export'),
    about: trans.__('About')
  };
  return {
    prefix: 'mistudio-capture',
    icon: captureIcon,
    label: trans.__('Capture'),
    captionOf: name => trans.__('Capture %1', name),
    gone: id => trans.__('There is no capture %1 any more.', id),
    tabs: TABS.map(tab => [tab, words[tab]] as const),
    head: (document, capture) => (
      <CaptureHead document={document} capture={capture} />
    ),
    body: (document, tab) => {
      const Body = BODIES[tab];
      const capture = document.object;
      return capture && <Body document={document} capture={capture} />;
    }
  };
}

const BODIES: Record<
  Tab,
  (props: { document: CaptureDocument; capture: Capture }) => JSX.Element | null
> = {
  statistics: StatisticsTab,
  vectors: VectorsTab,
  append: AppendTab,
  export: ExportTab,
  about: AboutTab
};
