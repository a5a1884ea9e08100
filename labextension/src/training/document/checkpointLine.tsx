import {
  addIcon,
  Button,
  codeIcon,
  deleteIcon,
  downloadIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Checkpoint, Training } from '../../api/types';
import { ago, bytes, exact, measured, shortTimestamp } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { openMenu } from '../../ui/menu';
import { saeIcon } from '../icons';
import type { TrainingDocument } from './documentModel';

/** One checkpoint, with what one can make of it. */
export function CheckpointLine(props: {
  document: TrainingDocument;
  training: Training;
  checkpoint: Checkpoint;
  /** Of the training's SAEs. */
  titles: readonly string[];
}): JSX.Element {
  const trans = useTrans();
  const { document, training, checkpoint, titles } = props;
  const { step, fvu, bytes: size, kept_for: kept, created } = checkpoint;
  const { actions } = document.desk;
  const remove = async () => {
    if (await actions.agreesToDelete(checkpoint)) {
      const asked = kept.includes('best') || kept.includes('last');
      await actions.try(() => document.deleteCheckpoint(step, asked));
    }
  };
  /** Of one SAE at once, of several after a choice. */
  const ofSae =
    (run: (sae: number) => unknown) => (event: React.MouseEvent) => {
      if (titles.length < 2) {
        run(0);
        return;
      }
      openMenu(
        event.currentTarget as HTMLElement,
        titles.map((label, sae) => ({ label, run: () => void run(sae) }))
      );
    };
  return (
    <tr>
      <th scope="row" data-number>
        {exact(step)}
      </th>
      {titles.map((_, at) => (
        <td key={at} data-number>
          {measured(fvu[at])}
        </td>
      ))}
      <td data-number>{bytes(size)}</td>
      <td>{kept.map(each => keptWord(each, trans)).join(', ')}</td>
      <td data-number title={ago(created)}>
        {shortTimestamp(created)}
      </td>
      <td className="jp-mistudio-Checkpoints-actions">
        <Act
          icon={saeIcon}
          label={trans.__('Make an SAE of step %1', exact(step))}
          run={ofSae(sae => actions.takeOut(training, sae, step))}
        />
        <Act
          icon={codeIcon}
          label={trans.__('Use step %1 in a notebook', exact(step))}
          run={ofSae(sae => actions.useInNotebook(training, sae, step))}
        />
        <Act
          icon={downloadIcon}
          label={trans.__('Download the SAE of step %1', exact(step))}
          run={ofSae(sae => actions.downloadOf(training, sae, step))}
        />
        <Act
          icon={addIcon}
          label={trans.__('New training from step %1…', exact(step))}
          run={() =>
            actions.clone(training, { start_from: `${training.id}@${step}` })
          }
        />
        <Act
          icon={deleteIcon}
          label={trans.__('Delete the checkpoint of step %1', exact(step))}
          run={() => void remove()}
        />
      </td>
    </tr>
  );
}

function Act(props: {
  icon: LabIcon;
  label: string;
  run: (event: React.MouseEvent) => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <Button
      minimal
      small
      title={props.label}
      aria-label={props.label}
      onClick={props.run}
    >
      <Icon tag="span" />
    </Button>
  );
}

function keptWord(reason: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    first: trans.__('first'),
    last: trans.__('last'),
    best: trans.__('best'),
    every: trans.__('regular'),
    'by hand': trans.__('by hand'),
    extended: trans.__('extended here')
  };
  return words[reason] ?? reason;
}
