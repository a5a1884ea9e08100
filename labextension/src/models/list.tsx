import * as React from 'react';
import { useTrans } from '../ui/hooks';
import { ObjectList } from '../ui/objects/objectList';
import type { ModelsDesk } from './desk';
import { isModel } from './model';
import { rowActions } from './rowActions';
import { precisionWord, rowFacts } from './words';

/** The panel: the models with what was captured from them. */
export function ModelList(props: { desk: ModelsDesk }): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  return (
    <ObjectList
      desk={desk}
      className="jp-mistudio-Models"
      label={trans.__('Models')}
      addTitle={trans.__('Add a model')}
      factsOf={object => rowFacts(object, trans)}
      actionsOf={object => rowActions(object, desk.actions, trans)}
      markOf={object =>
        isModel(object) ? precisionWord(object.precision) : undefined
      }
      noneLike={{
        sentence: trans.__('No model is like that.'),
        showAll: trans.__('Show all models')
      }}
      empty={{
        sentence: trans.__(
          'No model yet: get one from the hub, or link a folder that has one.'
        ),
        button: {
          label: trans.__('Add from the hub…'),
          run: () => desk.addFromHub()
        }
      }}
    />
  );
}
