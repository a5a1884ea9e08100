import {
  addIcon,
  closeIcon,
  downloadIcon,
  duplicateIcon,
  folderIcon,
  refreshIcon,
  runIcon,
  stopIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, JobAction, Training } from '../api/types';
import { pauseIcon } from '../ui/icons';
import type { IRowAction } from '../ui/objectRow';
import { handoffActions, workActions } from '../ui/objects/rowActions';
import { workOf } from '../ui/objects/words';
import type { TrainingActions } from './actions';
import { isTraining, type TrainingObject } from './model';

/** While a job works, its controls; else what one does with the object. */
export function rowActions(
  object: TrainingObject,
  actions: TrainingActions,
  trans: TranslationBundle
): IRowAction[] {
  if (isTraining(object)) {
    const work = runActions(object, actions, trans);
    return work.length
      ? work
      : [
          ...endedActions(object, actions, trans),
          ...handoffActions(object, actions, trans)
        ];
  }
  return (
    workActions(object, actions, trans) ?? [
      {
        id: 'download',
        label: trans.__('Download'),
        icon: downloadIcon,
        reason: object.state === 'ready' ? null : trans.__('It is not ready.'),
        run: () => actions.download(object)
      },
      {
        id: 'export',
        label: trans.__('Export to a folder…'),
        icon: folderIcon,
        reason: object.state === 'ready' ? null : trans.__('It is not ready.'),
        run: () => actions.exportSae(object)
      },
      ...handoffActions(object, actions, trans)
    ]
  );
}

/** What the run's job allows now, or how it can be begun again; nothing for one that came to its end. */
export function runActions(
  training: Training,
  actions: TrainingActions,
  trans: TranslationBundle
): IRowAction[] {
  const { job } = training;
  if (!job || (!workOf(training) && training.state === 'ready')) {
    return [];
  }
  return wordsOf(job, trans).map(([id, label, icon]) => ({
    id,
    label,
    icon,
    reason: actions.refusal(job, id),
    run: () => void actions.control(training, id)
  }));
}

/** What one does with a training that has ended. */
export function endedActions(
  training: Training,
  actions: TrainingActions,
  trans: TranslationBundle
): IRowAction[] {
  const isReady = training.state === 'ready' && !workOf(training);
  return [
    {
      id: 'extend',
      label: trans.__('Extend…'),
      icon: addIcon,
      reason: isReady ? null : trans.__('It has not come to an end.'),
      run: () => actions.extend(training)
    },
    {
      id: 'clone',
      label: trans.__('Clone with changes…'),
      icon: duplicateIcon,
      run: () => actions.clone(training)
    }
  ];
}

function wordsOf(
  job: Job,
  trans: TranslationBundle
): [action: JobAction, label: string, icon: LabIcon][] {
  const cancel: [JobAction, string, LabIcon] = [
    'cancel',
    trans.__('Cancel'),
    closeIcon
  ];
  switch (job.state) {
    case 'failed':
    case 'cancelled':
      return [['retry', trans.__('Try again'), refreshIcon]];
    case 'paused':
    case 'interrupted':
      return [['resume', trans.__('Resume'), runIcon], cancel];
    case 'queued':
      return [['pause', trans.__('Pause'), pauseIcon], cancel];
    case 'pausing':
      return [
        ['resume', trans.__('Resume'), runIcon],
        ['stop', trans.__('Stop and keep'), stopIcon],
        cancel
      ];
    default:
      return [
        ['pause', trans.__('Pause'), pauseIcon],
        ['stop', trans.__('Stop and keep'), stopIcon],
        cancel
      ];
  }
}
