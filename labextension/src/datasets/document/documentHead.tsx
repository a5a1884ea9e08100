import * as React from 'react';
import type { Dataset } from '../../api/types';
import { useTrans } from '../../ui/hooks';
import type { IRowAction } from '../../ui/objectRow';
import { DocumentHead } from '../../ui/objects/documentHead';
import { arrangeIcon, cleanIcon } from '../icons';
import { rowActions } from '../rowActions';
import { rowFacts } from '../words';
import type { DatasetDocument } from './documentModel';

/** The dataset's name, state and facts, and what can be done with it. */
export function DatasetHead(props: {
  document: DatasetDocument;
  dataset: Dataset;
}): JSX.Element {
  const trans = useTrans();
  const { document, dataset } = props;
  const { desk } = document;
  const making: IRowAction[] = [
    {
      id: 'clean',
      label: trans.__('Clean…'),
      icon: cleanIcon,
      run: () => {
        document.tab = 'clean';
      }
    },
    {
      id: 'arrange',
      label: trans.__('Shuffle and split…'),
      icon: arrangeIcon,
      run: () => {
        document.tab = 'arrange';
      }
    }
  ];
  return (
    <DocumentHead
      desk={desk}
      object={dataset}
      facts={rowFacts(dataset, trans)}
      actions={() => [
        ...rowActions(dataset, desk.actions, trans),
        ...(dataset.state === 'ready' ? making : [])
      ]}
    />
  );
}
