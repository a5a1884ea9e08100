import type { ITranslator } from '@jupyterlab/translation';
import * as React from 'react';
import type { Sae } from '../api/types';
import { ListPanel } from '../ui/objects/listPanel';
import type { TrainingDesk } from './desk';
import { trainingIcon } from './icons';
import { TrainingList } from './list';
import type { TrainingObject } from './model';

/** The trainings in the left sidebar. */
export class TrainingPanel extends ListPanel<TrainingObject, Sae> {
  constructor(desk: TrainingDesk, translator?: ITranslator) {
    super({
      id: 'mistudio-training',
      label: desk.studio.trans.__('Training'),
      icon: trainingIcon,
      desk,
      draw: () => React.createElement(TrainingList, { desk }),
      translator
    });
  }
}
