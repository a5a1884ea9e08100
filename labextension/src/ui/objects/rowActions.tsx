import {
  addBelowIcon,
  closeIcon,
  codeIcon,
  refreshIcon,
  runIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobAction } from '../../api/types';
import { pauseIcon } from '../icons';
import type { IRowAction } from '../objectRow';
import type { ObjectActions } from './actions';
import type { IRecord } from './record';

/** While a job stands between the object and being ready, its controls; else null. */
export function workActions<Head extends IRecord, Nested extends IRecord>(
  object: Head | Nested,
  actions: ObjectActions<Head, Nested>,
  trans: TranslationBundle
): IRowAction[] | null {
  const { job } = object;
  return object.state !== 'ready' && job && job.state !== 'succeeded'
    ? jobActions(object, actions, trans)
    : null;
}

/** How it gets into notebooks, where there are some. */
export function handoffActions<Head extends IRecord, Nested extends IRecord>(
  object: Head | Nested,
  actions: ObjectActions<Head, Nested>,
  trans: TranslationBundle
): IRowAction[] {
  const { handoff } = actions;
  return handoff
    ? [
        {
          id: 'insert',
          label: trans.__('Insert into Notebook'),
          icon: addBelowIcon,
          reason: handoff.insertBlocked(),
          run: () => void actions.insert(object)
        },
        {
          id: 'send',
          label: trans.__('Send to Kernel'),
          icon: codeIcon,
          reason: handoff.sendBlocked(),
          run: () => void actions.send(object)
        }
      ]
    : [];
}

/** What its job allows now; those that never fit the state are left out. */
export function jobActions<Head extends IRecord, Nested extends IRecord>(
  object: Head | Nested,
  actions: ObjectActions<Head, Nested>,
  trans: TranslationBundle
): IRowAction[] {
  const { job } = object;
  if (!job) {
    return [];
  }
  const action = (
    id: JobAction,
    label: string,
    icon: IRowAction['icon']
  ): IRowAction => ({
    id,
    label,
    icon,
    reason: actions.refusal(job, id),
    run: () => void actions.control(object, id)
  });
  switch (job.state) {
    case 'failed':
    case 'cancelled':
      return [action('retry', trans.__('Try again'), refreshIcon)];
    case 'paused':
    case 'interrupted':
    case 'pausing':
      return [
        action('resume', trans.__('Resume'), runIcon),
        action('cancel', trans.__('Cancel'), closeIcon)
      ];
    default:
      return [
        action('pause', trans.__('Pause'), pauseIcon),
        action('cancel', trans.__('Cancel'), closeIcon)
      ];
  }
}
