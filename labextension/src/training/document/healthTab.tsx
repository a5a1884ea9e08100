import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Training, TrainingHealth } from '../../api/types';
import { exact } from '../../ui/format';
import type { FormValue } from '../../ui/formSchema';
import { useModel, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { workOf } from '../../ui/objects/words';
import { Findings, type IFinding } from '../findings';
import type { TrainingDocument } from './documentModel';
import { useKeepAsking } from './keepAsking';

/** What was found before and during the run, with what to do about it. */
export function HealthTab(props: {
  document: TrainingDocument;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { document, training } = props;
  const answer = useModel(document.health);
  const node = React.useRef<HTMLDivElement>(null);
  const work = workOf(training);
  useKeepAsking(
    answer,
    node,
    work?.state ?? training.state,
    work?.state === 'running'
  );
  const { value, error } = answer;
  return (
    <div ref={node} className="jp-mistudio-Health">
      {error && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void answer.ask()
          }}
        />
      )}
      {value && (
        <>
          <p>
            {trans.__(
              'Step %1 of %2: %3',
              exact(value.step),
              exact(value.steps),
              phaseWord(value.phase, trans)
            )}
          </p>
          <p className="jp-mistudio-faint">
            {value.checked
              ? trans.__(
                  'The first batch was compared with a direct pass of the model.'
                )
              : trans.__(
                  'The first batch was not compared with a direct pass of the model.'
                )}
          </p>
          {value.findings.length ? (
            <Findings
              findings={value.findings.map(each => ({
                ...each,
                place: placeOf(each, training, trans),
                action: restartOf(each, training, trans, changes =>
                  document.desk.actions.clone(training, changes)
                )
              }))}
            />
          ) : (
            <EmptyState sentence={trans.__('Nothing was found amiss.')} />
          )}
        </>
      )}
    </div>
  );
}

/** A new training that follows the remedy; none where its SAEs have such values of their own. */
function restartOf(
  { changes = {} }: TrainingHealth['findings'][number],
  { saes = [] }: Training,
  trans: TranslationBundle,
  run: (changes: FormValue) => void
): IFinding['action'] {
  const names = Object.keys(changes);
  const isOwn = saes.some(each =>
    names.some(name => each[name as keyof typeof each] != null)
  );
  const words = Object.entries(changes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ');
  return names.length && !isOwn
    ? { label: trans.__('Restart with %1…', words), run: () => run(changes) }
    : undefined;
}

/** The phase that the run is in. */
function phaseWord(
  phase: TrainingHealth['phase'],
  trans: TranslationBundle
): string {
  const words = {
    'warm-up': trans.__('warm-up'),
    full: trans.__('full sparsity'),
    decay: trans.__('decay')
  };
  return words[phase];
}

function placeOf(
  { step, sae }: TrainingHealth['findings'][number],
  { facts }: Training,
  trans: TranslationBundle
): string {
  const when = step
    ? trans.__('at step %1', exact(step))
    : trans.__('before the first step');
  const title = sae === null ? undefined : facts?.saes[sae]?.title;
  return title === undefined ? when : `${title}, ${when}`;
}
