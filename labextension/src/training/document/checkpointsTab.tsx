import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Training } from '../../api/types';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { workOf } from '../../ui/objects/words';
import { checkpointIcon } from '../icons';
import { shortTitles } from '../titles';
import { CheckpointLine } from './checkpointLine';
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
  const short = shortTitles(titles);
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
      <div className="jp-mistudio-buttons">
        {saves}
        {(value?.checkpoints.length ?? 0) > 1 && (
          <Button
            className="jp-mod-styled"
            onClick={() => void actions.prune(training, () => answer.ask())}
          >
            {trans.__('Prune…')}
          </Button>
        )}
      </div>
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
                          ? trans.__('FVU, %1', short[at])
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
                    <CheckpointLine
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
