import * as React from 'react';
import type { TrainingDesk } from './desk';

/** An object by its name, which opens it where something can. */
export function ObjectLink(props: {
  desk: TrainingDesk;
  id: string;
}): JSX.Element {
  const { desk, id } = props;
  const open = desk.actions.opener(id);
  const name = desk.sources.find(id)?.name ?? desk.model.find(id)?.name ?? id;
  return open ? (
    <button type="button" className="jp-mistudio-Link" onClick={open}>
      <bdi>{name}</bdi>
    </button>
  ) : (
    <bdi>{name}</bdi>
  );
}
