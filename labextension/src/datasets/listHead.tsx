import {
  addIcon,
  Button,
  caretDownIcon,
  ellipsesIcon,
  FilterBox
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { useTrans } from '../ui/hooks';
import type { DatasetsDesk } from './desk';

/** What starts something, and the filter. */
export function ListHead(props: { desk: DatasetsDesk }): JSX.Element {
  const trans = useTrans();
  const { desk } = props;
  return (
    <div
      className="jp-mistudio-ListHead"
      role="toolbar"
      aria-label={trans.__('Datasets')}
    >
      <Button
        className="jp-mistudio-ListHead-add"
        small
        aria-haspopup="menu"
        title={trans.__('Add a dataset')}
        onClick={event => desk.openAddMenu(event.currentTarget)}
      >
        <addIcon.react tag="span" />
        {trans.__('Add')}
        <caretDownIcon.react tag="span" />
      </Button>
      <FilterBox
        // It keeps what is typed to itself; another edition starts it anew.
        key={desk.state.filterEdition}
        placeholder={trans.__('Filter…')}
        initialQuery={desk.state.filter}
        useFuzzyFilter={false}
        showIcon={false}
        updateFilter={(_, query) => {
          desk.state.filter = query ?? '';
        }}
      />
      <Button
        className="jp-mistudio-ListHead-more"
        minimal
        small
        aria-haspopup="menu"
        title={trans.__('More')}
        aria-label={trans.__('More')}
        onClick={event => desk.openMoreMenu(event.currentTarget)}
      >
        <ellipsesIcon.react tag="span" />
      </Button>
    </div>
  );
}
