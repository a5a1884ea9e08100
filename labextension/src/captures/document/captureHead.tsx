import * as React from 'react';
import type { Capture } from '../../api/types';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { logIcon } from '../../ui/icons';
import type { IRowAction } from '../../ui/objectRow';
import { DocumentHead } from '../../ui/objects/documentHead';
import { handoffActions, jobActions } from '../../ui/objects/rowActions';
import { workOf } from '../../ui/objects/words';
import { captureFacts } from '../words';
import type { CaptureDocument } from './documentModel';

/** The capture's name, state and facts, or how far its job is, and what can be done with it. */
export function CaptureHead(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { capture } = props;
  const { desk } = props.document;
  const { actions } = desk;
  const work = workOf(capture);
  const batch = work?.progress.figures?.batch_size ?? null;
  const facts = captureFacts(capture, trans);
  const openLog = capture.job && actions.logOpener(capture.job.id);
  const log: IRowAction[] = openLog
    ? [
        {
          id: 'log',
          label: trans.__('Open log'),
          icon: logIcon,
          run: openLog
        }
      ]
    : [];
  return (
    <DocumentHead
      desk={desk}
      object={capture}
      facts={
        batch === null
          ? facts
          : [...facts, trans.__('batch size %1', exact(batch))]
      }
      actions={() => [
        ...(work || capture.state !== 'ready'
          ? jobActions(capture, actions, trans)
          : []),
        ...(capture.state === 'ready'
          ? handoffActions(capture, actions, trans)
          : []),
        ...log
      ]}
    />
  );
}
