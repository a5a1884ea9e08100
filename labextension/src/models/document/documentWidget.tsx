import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Capture, Model } from '../../api/types';
import { DocumentHead } from '../../ui/objects/documentHead';
import {
  ObjectWidget,
  type IDocumentForm
} from '../../ui/objects/objectWidget';
import type { ModelsDesk } from '../desk';
import { modelsIcon } from '../icons';
import { rowActions } from '../rowActions';
import { precisionWord, rowFacts } from '../words';
import { AboutTab } from './aboutTab';
import { ArchitectureTab } from './architecture/architectureTab';
import { CapturesTab } from './capturesTab';
import { ModelDocument } from './documentModel';
import { TABS, type Tab } from './tabNames';
import { TryTab } from './tryTab';

/** A model in the main area. */
export class ModelWidget extends ObjectWidget<
  Model,
  Capture,
  Tab,
  ModelDocument
> {
  constructor(desk: ModelsDesk, model: string) {
    super(new ModelDocument(desk, model), formOf(desk.studio.trans));
  }
}

function formOf(
  trans: TranslationBundle
): IDocumentForm<Model, Tab, ModelDocument> {
  const words: Record<Tab, string> = {
    architecture: trans.__('Architecture'),
    about: trans.__('About'),
    try: trans.__('Try it'),
    captures: trans.__('Captures')
  };
  return {
    prefix: 'mistudio-model',
    icon: modelsIcon,
    label: trans.__('Model'),
    captionOf: name => trans.__('Model %1', name),
    gone: id => trans.__('There is no model %1 any more.', id),
    tabs: TABS.map(tab => [tab, words[tab]] as const),
    head: ({ desk }, model) => (
      <DocumentHead
        desk={desk}
        object={model}
        facts={[precisionWord(model.precision), ...rowFacts(model, trans)]}
        actions={() => rowActions(model, desk.actions, trans)}
      />
    ),
    body: (document, tab) => {
      const Body = BODIES[tab];
      return <Body document={document} />;
    }
  };
}

const BODIES: Record<
  Tab,
  (props: { document: ModelDocument }) => JSX.Element | null
> = {
  architecture: ArchitectureTab,
  about: AboutTab,
  try: TryTab,
  captures: CapturesTab
};
