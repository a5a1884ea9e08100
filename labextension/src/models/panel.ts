import type { ITranslator } from '@jupyterlab/translation';
import * as React from 'react';
import type { Capture, Model } from '../api/types';
import { ListPanel } from '../ui/objects/listPanel';
import type { ModelsDesk } from './desk';
import { modelsIcon } from './icons';
import { ModelList } from './list';

/** The models in the left sidebar. */
export class ModelsPanel extends ListPanel<Model, Capture> {
  constructor(desk: ModelsDesk, translator?: ITranslator) {
    super({
      id: 'mistudio-models',
      label: desk.studio.trans.__('Models'),
      icon: modelsIcon,
      desk,
      draw: () => React.createElement(ModelList, { desk }),
      translator
    });
  }
}
