import * as React from 'react';
import { LogView } from '../../jobs/log/view';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import type { TrainingDocument } from './documentModel';

/** What the latest job of the training says. */
export function LogTab(props: { document: TrainingDocument }): JSX.Element {
  const trans = useTrans();
  const { desk, log } = props.document;
  if (!log) {
    return <EmptyState sentence={trans.__('It has no job.')} />;
  }
  return (
    <div className="jp-mistudio-TrainingLog">
      {desk.jobs ? (
        <LogView key={log.job} log={log} desk={desk.jobs} />
      ) : (
        <EmptyState
          sentence={trans.__(
            'Logs are shown where the panel with the jobs is.'
          )}
        />
      )}
    </div>
  );
}
