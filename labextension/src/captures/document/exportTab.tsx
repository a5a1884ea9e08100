import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Capture, Job } from '../../api/types';
import { bytes, exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { workOf } from '../../ui/objects/words';
import { ActionForm } from './actionForm';
import type { CaptureDocument } from './documentModel';

export const EXPORT = 'capture.export';

/** The vectors as files that other tools read. */
export function ExportTab(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { document, capture } = props;
  const { facts, job } = capture;
  const { desk, drafts, id } = document;
  const { choose } = desk;
  if (!facts) {
    return (
      <EmptyState sentence={trans.__('It can be exported once it is made.')} />
    );
  }
  return (
    <ActionForm
      document={document}
      label={trans.__('Export')}
      schema="ExportCapture"
      value={drafts.export}
      button={trans.__('Export')}
      blocked={
        workOf(capture)
          ? trans.__('Wait for the job that works on it.')
          : drafts.export.folder
            ? null
            : trans.__('Say in which folder.')
      }
      onChange={value => document.draft({ export: value })}
      run={() => desk.model.exportFiles(id, drafts.export)}
    >
      {choose && (
        <Button
          className="jp-mod-styled"
          type="button"
          small
          onClick={() =>
            void choose().then(folder => {
              if (folder !== null) {
                document.draft({ export: { ...drafts.export, folder } });
              }
            })
          }
        >
          {trans.__('Choose a folder…')}
        </Button>
      )}
      <p className="jp-mistudio-faint">
        {trans.__(
          'A file for each of %1 hook points, and the index of which token each vector is of: about %2.',
          exact(facts.hooks.length),
          bytes(facts.bytes)
        )}
      </p>
      {job?.kind === EXPORT && <Written job={job} />}
    </ActionForm>
  );
}

/** What the latest export wrote. */
function Written({ job }: { job: Job }): JSX.Element | null {
  const trans = useTrans();
  const result = job.result as {
    folder: string;
    files: string[];
    bytes: number;
  } | null;
  return job.state === 'succeeded' && result ? (
    <p role="status">
      {trans._n(
        '%1 file, %2, is in %3',
        '%1 files, %2, are in %3',
        result.files.length,
        bytes(result.bytes),
        result.folder
      )}
    </p>
  ) : null;
}
