import {
  addIcon,
  Button,
  copyIcon,
  deleteIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Checkpoint, Training } from '../../api/types';
import { ago, bytes, exact, measured, shortTimestamp } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { openMenu } from '../../ui/menu';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { workOf } from '../../ui/objects/words';
import { checkpointIcon, saeIcon } from '../icons';
import type { TrainingDocument } from './documentModel';
import { useKeepAsking } from './keepAsking';

interface IProps {
  document: TrainingDocument;
  training: Training;
}

/** What was saved on the way, and what one can make of it. */
export function CheckpointsTab(props: IProps): JSX.Element {
  const trans = useTrans();
  const { document, training } = props;
  const answer = useModel(document.checkpoints);
  const node = React.useRef<HTMLDivElement>(null);
  const work = workOf(training);
  const isRunning = work?.state === 'running';
  useKeepAsking(answer, node, work?.state ?? training.state, isRunning);
  const { value, error } = answer;
  const { actions } = document.desk;
  const titles = training.facts?.saes.map(each => each.title) ?? [];
  const saves = isRunning && (
    <Button
      className="jp-mod-styled"
      onClick={() => void actions.checkpoint(training)}
    >
      <checkpointIcon.react tag="span" />
      {trans.__('Save one now')}
    </Button>
  );
  return (
    <div ref={node} className="jp-mistudio-Checkpoints">
      {error && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void answer.ask()
          }}
        />
      )}
      {saves}
      {value &&
        (value.checkpoints.length ? (
          <>
            <NotLast training={training} />
            <div className="jp-mistudio-wide">
              <table
                className="jp-mistudio-Counts"
                aria-label={trans.__('Checkpoints')}
              >
                <thead>
                  <tr>
                    <th scope="col" data-number>
                      {trans.__('Step')}
                    </th>
                    {titles.map((title, at) => (
                      <th key={at} scope="col" data-number title={title}>
                        {titles.length > 1
                          ? trans.__('FVU, %1', title)
                          : trans.__('FVU')}
                      </th>
                    ))}
                    <th scope="col" data-number>
                      {trans.__('Size')}
                    </th>
                    <th scope="col">{trans.__('Kept as')}</th>
                    <th scope="col">{trans.__('Saved')}</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {value.checkpoints.map(each => (
                    <Line
                      key={each.step}
                      {...props}
                      checkpoint={each}
                      titles={titles}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          </>
        ) : (
          <EmptyState
            sentence={trans.__(
              'No checkpoint yet. One is saved every %1 steps, and at the end.',
              exact(training.checkpoint_every)
            )}
          />
        ))}
    </div>
  );
}

/** Where the best one is not the last, that is said. */
function NotLast({ training }: { training: Training }): JSX.Element | null {
  const trans = useTrans();
  const { facts } = training;
  const others = (facts?.saes ?? []).filter(
    ({ best_step: best }) => best !== null && best !== facts?.step
  );
  return workOf(training) || !others.length ? null : (
    <p>
      {others
        .map(each =>
          trans.__(
            '%1: the best checkpoint is that of step %2, not the last one.',
            each.title,
            exact(each.best_step)
          )
        )
        .join(' ')}
    </p>
  );
}

function Line(
  props: IProps & { checkpoint: Checkpoint; titles: readonly string[] }
): JSX.Element {
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
          icon={copyIcon}
          label={trans.__(
            'Use step %1 in a notebook: copy the code',
            exact(step)
          )}
          run={ofSae(sae => actions.useInNotebook(training, sae, step))}
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
    'by hand': trans.__('by hand')
  };
  return words[reason] ?? reason;
}
