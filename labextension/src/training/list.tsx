import * as React from 'react';
import { exact } from '../ui/format';
import { useModel, useTrans } from '../ui/hooks';
import { ObjectList } from '../ui/objects/objectList';
import type { TrainingDesk } from './desk';
import { counted, GROUPS, groupWord } from './groups';
import { rowActions } from './rowActions';
import { rowFacts } from './words';

/** The panel: the trainings with the SAEs made of them, and imported SAEs. */
export function TrainingList(props: { desk: TrainingDesk }): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  const { actions } = desk;
  return (
    <ObjectList
      desk={desk}
      className="jp-mistudio-Trainings"
      label={trans.__('Training')}
      addTitle={trans.__(
        'Train SAEs on captured activations, or on a model directly'
      )}
      add={{ label: trans.__('New'), run: () => actions.create() }}
      filters={<Groups desk={desk} />}
      factsOf={object => rowFacts(object, trans)}
      actionsOf={object => rowActions(object, actions, trans)}
      noneLike={{
        sentence: trans.__('No training is like that.'),
        showAll: trans.__('Show all trainings')
      }}
      empty={{
        sentence: trans.__(
          'No training yet. SAEs learn from a capture of a model’s activations, or from the model itself while it reads.'
        ),
        button: {
          label: trans.__('New training'),
          run: () => actions.create()
        }
      }}
    />
  );
}

/** One button for each kind of state that there is, with how many are in it. */
function Groups(props: { desk: TrainingDesk }): JSX.Element | null {
  const trans = useTrans();
  const model = useModel(props.desk.model);
  const state = useModel(props.desk.state) as TrainingDesk['state'];
  const counts = counted(model.heads);
  if (!counts.all) {
    return null;
  }
  return (
    <div
      className="jp-mistudio-Filter-states"
      role="group"
      aria-label={trans.__('Filter by state')}
    >
      {GROUPS.filter(
        group => group === 'all' || group === state.group || counts[group]
      ).map(group => (
        <button
          key={group}
          type="button"
          aria-pressed={state.group === group}
          onClick={() => {
            state.group = group;
          }}
        >
          {groupWord(group, trans)} <span>{exact(counts[group])}</span>
        </button>
      ))}
    </div>
  );
}
