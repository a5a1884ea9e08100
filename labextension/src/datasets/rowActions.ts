import type { TranslationBundle } from '@jupyterlab/translation';
import type { IRowAction } from '../ui/objectRow';
import { handoffActions, workActions } from '../ui/objects/rowActions';
import type { DatasetActions } from './actions';
import { tokenizationIcon } from './icons';
import { isDataset, type DatasetObject } from './model';

/** While a job works, its controls; else what one does with the object. */
export function rowActions(
  object: DatasetObject,
  actions: DatasetActions,
  trans: TranslationBundle
): IRowAction[] {
  const tokenize: IRowAction = {
    id: 'tokenize',
    label: trans.__('Tokenize…'),
    icon: tokenizationIcon,
    reason: object.state === 'ready' ? null : trans.__('It has no text yet.'),
    run: () => actions.tokenize(object.id)
  };
  return (
    workActions(object, actions, trans) ?? [
      ...(isDataset(object) ? [tokenize] : []),
      ...handoffActions(object, actions, trans)
    ]
  );
}
