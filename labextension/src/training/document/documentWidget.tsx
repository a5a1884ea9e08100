import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Sae, Training } from '../../api/types';
import {
  ObjectWidget,
  type IDocumentForm
} from '../../ui/objects/objectWidget';
import { CurvesTab } from '../curves/curvesTab';
import type { TrainingDesk } from '../desk';
import { trainingIcon } from '../icons';
import { isTraining, type TrainingObject } from '../model';
import { AboutTab } from './aboutTab';
import { CheckpointsTab } from './checkpointsTab';
import { ConfigurationTab } from './configurationTab';
import { TrainingDocument } from './documentModel';
import { EvaluationTab } from './evaluationTab';
import { HealthTab } from './healthTab';
import { LogTab } from './logTab';
import { TABS, type Tab } from './tabNames';
import { TrainingHead } from './trainingHead';

/** A training in the main area. */
export class TrainingWidget extends ObjectWidget<
  TrainingObject,
  Sae,
  Tab,
  TrainingDocument
> {
  constructor(desk: TrainingDesk, training: string) {
    super(new TrainingDocument(desk, training), formOf(desk.studio.trans));
  }
}

function formOf(
  trans: TranslationBundle
): IDocumentForm<TrainingObject, Tab, TrainingDocument> {
  const words: Record<Tab, string> = {
    curves: trans.__('Curves'),
    evaluation: trans.__('Evaluation'),
    health: trans.__('Health'),
    checkpoints: trans.__('Checkpoints'),
    log: trans.__('Log'),
    configuration: trans.__('Configuration'),
    about: trans.__('About')
  };
  return {
    prefix: 'mistudio-training',
    icon: trainingIcon,
    label: trans.__('Training'),
    captionOf: name => trans.__('Training %1', name),
    gone: id => trans.__('There is no training %1 any more.', id),
    tabs: TABS.map(tab => [tab, words[tab]] as const),
    head: (document, object) =>
      isTraining(object) && (
        <TrainingHead document={document} training={object} />
      ),
    body: (document, tab) => {
      const Body = BODIES[tab];
      const { training } = document;
      return training && <Body document={document} training={training} />;
    }
  };
}

const BODIES: Record<
  Tab,
  (props: {
    document: TrainingDocument;
    training: Training;
  }) => JSX.Element | null
> = {
  curves: CurvesTab,
  evaluation: EvaluationTab,
  health: HealthTab,
  checkpoints: CheckpointsTab,
  log: LogTab,
  configuration: ConfigurationTab,
  about: AboutTab
};
