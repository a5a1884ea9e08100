import { FilterBox } from '@jupyterlab/ui-components';
import * as React from 'react';
import { exact } from '../ui/format';
import { useTrans } from '../ui/hooks';
import type { JobsModel } from './model';
import { counted, GROUPS } from './order';
import type { JobsView } from './view';
import { groupWord } from './words';

/** Words to look for, and one button for each kind of state that there is. */
export function JobFilter(props: {
  model: JobsModel;
  view: JobsView;
}): JSX.Element {
  const { model, view } = props;
  const trans = useTrans();
  const counts = counted(model.jobs);
  return (
    <div className="jp-mistudio-Filter">
      <FilterBox
        // It keeps what is typed to itself; another edition starts it anew.
        key={view.filterEdition}
        placeholder={trans.__('Filter jobs')}
        initialQuery={view.query}
        updateFilter={(_, query) => view.search(query ?? '')}
        useFuzzyFilter={false}
      />
      <div
        className="jp-mistudio-Filter-states"
        role="group"
        aria-label={trans.__('Filter by state')}
      >
        {GROUPS.filter(
          group => group === 'all' || group === view.group || counts[group]
        ).map(group => (
          <button
            key={group}
            type="button"
            aria-pressed={view.group === group}
            onClick={() => view.choose(group)}
          >
            {groupWord(group, trans)} <span>{exact(counts[group])}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
