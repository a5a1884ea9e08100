import { closeIcon, editIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { percent } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { ObjectRow } from '../../ui/objectRow';
import { progressFacts } from '../../ui/progressLine';
import type { ChipState } from '../../ui/stateChip';
import type { FileUpload, UploadState } from './upload';
import type { Uploads } from './uploads';

const CHIPS: Record<UploadState, ChipState> = {
  queued: 'queued',
  sending: 'running',
  waiting: 'interrupted',
  asking: 'paused',
  failed: 'failed',
  cancelled: 'cancelled',
  done: 'succeeded'
};

/** A file on its way to the server. */
export function UploadRow(props: {
  upload: FileUpload;
  uploads: Uploads;
}): JSX.Element {
  const trans = useTrans();
  const { upload, uploads } = props;
  const { state, progress, error } = upload;
  const failed = state === 'failed';
  const asking = state === 'asking';
  const facts =
    failed && error
      ? [`${error.message} ${error.hint}`.trim()]
      : state === 'waiting'
        ? [trans.__('Waits for the server, then goes on where it was.')]
        : state === 'queued'
          ? [trans.__('Waits for the files before it.')]
          : asking
            ? [upload.seen?.problem ?? trans.__('Say how to read it.')]
            : progressFacts(progress, trans);
  const retry = {
    id: 'retry',
    label: trans.__('Try again'),
    icon: refreshIcon,
    run: () => void uploads.retry(upload)
  };
  const answer = {
    id: 'answer',
    label: trans.__('Say how to read it…'),
    icon: editIcon,
    run: () => uploads.answer(upload)
  };
  const cancel = {
    id: 'cancel',
    label: failed ? trans.__('Dismiss') : trans.__('Cancel the upload'),
    icon: closeIcon,
    run: () => void uploads.cancel(upload)
  };
  return (
    <ObjectRow
      id={upload.id}
      name={upload.name}
      state={CHIPS[state]}
      stateLabel={
        state === 'sending'
          ? percent(progress.done, progress.total)
          : asking
            ? trans.__('asks')
            : null
      }
      reason={
        error?.message ??
        (state === 'sending'
          ? trans.__('uploading')
          : asking
            ? trans.__('waits for you to say how it is read')
            : null)
      }
      facts={facts}
      progress={failed || asking ? null : progress}
      actions={failed ? [retry, cancel] : asking ? [answer, cancel] : [cancel]}
      selected={false}
      onOpen={() => asking && uploads.answer(upload)}
      onSelect={() => undefined}
    />
  );
}
