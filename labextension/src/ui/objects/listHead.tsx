import {
  addIcon,
  Button,
  caretDownIcon,
  ellipsesIcon,
  FilterBox
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { useTrans } from '../hooks';
import type { INoteButton } from '../notes';
import type { ObjectsDesk } from './desk';
import type { IRecord } from './record';

/** What starts something, and the filter. */
export function ListHead<Head extends IRecord, Nested extends IRecord>(props: {
  desk: ObjectsDesk<Head, Nested>;
  label: string;
  /** What the button adds. */
  addTitle: string;
  /** It says this, and does it without a menu. */
  add?: INoteButton;
}): JSX.Element {
  const trans = useTrans();
  const { desk, add } = props;
  return (
    <div
      className="jp-mistudio-ListHead"
      role="toolbar"
      aria-label={props.label}
    >
      <Button
        className="jp-mistudio-ListHead-add"
        small
        aria-haspopup={add ? undefined : 'menu'}
        title={props.addTitle}
        onClick={event =>
          add ? add.run() : desk.openAddMenu(event.currentTarget)
        }
      >
        <addIcon.react tag="span" />
        {add?.label ?? trans.__('Add')}
        {!add && <caretDownIcon.react tag="span" />}
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
