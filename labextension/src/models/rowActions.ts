import type { TranslationBundle } from '@jupyterlab/translation';
import { captureIcon } from '../captures/icons';
import type { IRowAction } from '../ui/objectRow';
import { handoffActions, workActions } from '../ui/objects/rowActions';
import type { ModelActions } from './actions';
import { tryIcon } from './icons';
import { isModel, type ModelObject } from './model';

/** While a job works, its controls; else what one does with the object. */
export function rowActions(
  object: ModelObject,
  actions: ModelActions,
  trans: TranslationBundle
): IRowAction[] {
  const work = workActions(object, actions, trans);
  if (work) {
    return work;
  }
  const list: IRowAction[] = [];
  if (isModel(object)) {
    const reason =
      object.state === 'ready' ? null : trans.__('It is not ready.');
    list.push({
      id: 'try',
      label: trans.__('Try it'),
      icon: tryIcon,
      reason,
      run: () => actions.openTab(object.id, 'try')
    });
    if (actions.hasCaptures) {
      list.push({
        id: 'capture',
        label: trans.__('Capture activations…'),
        icon: captureIcon,
        reason,
        run: () => actions.capture(object.id)
      });
    }
  }
  return isModel(object) || actions.hasCaptures
    ? [...list, ...handoffActions(object, actions, trans)]
    : list;
}
