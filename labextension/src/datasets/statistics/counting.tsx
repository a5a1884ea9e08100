import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Job, Tokenization } from '../../api/types';
import { ApiError } from '../../api/errors';
import { useModel, useTrans } from '../../ui/hooks';
import { EmptyState, ErrorNote } from '../../ui/notes';
import { progressFacts, ProgressLine } from '../../ui/progressLine';
import { jobState, StateChip } from '../../ui/stateChip';
import type { DatasetDocument } from '../document/documentModel';
import { jobActions } from '../../ui/objects/rowActions';
import { progressOf, reasonOf, workOf } from '../../ui/objects/words';

export const STATISTICS = 'dataset.statistics';

/** How it stands with counting, where the statistics are not simply there. */
export function Counting(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
}): JSX.Element | null {
  const trans = useTrans();
  const { document, tokenization } = props;
  const store = useModel(document.statistics);
  const { id, state, statistics, job } = tokenization;
  const { error, isStarting, ...entry } = store.of(id);
  const { model } = document.desk;
  const compute = () => void store.compute(id, () => model.refresh());
  const again = { label: trans.__('Try again'), run: compute };

  if (state !== 'ready') {
    const reason = reasonOf(tokenization, trans);
    return (
      <EmptyState
        sentence={[
          trans.__('It can be counted once its tokens are there.'),
          reason
        ]
          .filter(Boolean)
          .join(' ')}
      />
    );
  }
  if (statistics !== null) {
    if (error) {
      const retry = () => store.retry(tokenization);
      return <ErrorNote error={error} action={{ ...again, run: retry }} />;
    }
    return entry.statistics ? null : (
      <p role="status">{trans.__('Loading…')}</p>
    );
  }
  if (error) {
    return <ErrorNote error={error} action={again} />;
  }
  const work = workOf(tokenization);
  if (work?.kind === STATISTICS) {
    return <Work document={document} tokenization={tokenization} job={work} />;
  }
  if (job?.kind === STATISTICS && job.state === 'failed' && job.error) {
    return <ErrorNote error={failureOf(job)} action={again} />;
  }
  return isStarting ? (
    <p role="status">{trans.__('Starting…')}</p>
  ) : (
    <EmptyState
      sentence={trans.__(
        'Nothing was counted of it yet: lengths, how often each token occurs, and splits.'
      )}
      button={{ label: trans.__('Compute the statistics'), run: compute }}
    />
  );
}

function failureOf({ error, reason }: Job): ApiError {
  return new ApiError({
    status: 0,
    code: error?.error.code ?? 'failed',
    message: error?.message ?? reason ?? '',
    hint: error?.error.hint ?? ''
  });
}

function Work(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
  job: Job;
}): JSX.Element {
  const trans = useTrans();
  const { document, tokenization, job } = props;
  const progress = progressOf(tokenization)!;
  return (
    <div className="jp-mistudio-Counting">
      <div className="jp-mistudio-Counting-facts">
        <StateChip state={jobState(job)} label={null} reason={job.reason} />
        <span>
          {progressFacts(progress, trans).join(' · ') ||
            trans.__('Waits for a worker.')}
        </span>
        {jobActions(tokenization, document.desk.actions, trans).map(
          ({ id, label, icon, reason, run }) => (
            <Button
              key={id}
              minimal
              small
              title={reason ? `${label}\n${reason}` : label}
              aria-label={reason ? `${label}: ${reason}` : label}
              aria-disabled={!!reason}
              onClick={() => !reason && run()}
            >
              <icon.react tag="span" />
            </Button>
          )
        )}
      </div>
      <ProgressLine
        progress={progress}
        label={trans.__('Counting %1', tokenization.name)}
      />
    </div>
  );
}
