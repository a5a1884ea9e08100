import * as React from 'react';
import type { Model } from '../../api/types';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { reasonOf } from '../../ui/objects/words';

/** What stands in a tab while the model's files are not there, or not any more. */
export function NotReady(props: { model: Model }): JSX.Element {
  const trans = useTrans();
  return (
    <EmptyState
      sentence={
        reasonOf(props.model, trans) ??
        trans.__(
          'It is still being added. What is in it shows once it is there.'
        )
      }
    />
  );
}
