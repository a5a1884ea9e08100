import * as React from 'react';
import type { Capture } from '../../api/types';
import { bytes, exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { workOf } from '../../ui/objects/words';
import { ActionForm } from './actionForm';
import type { CaptureDocument } from './documentModel';

/** More tokens of the same text, behind those that are there. */
export function AppendTab(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { document, capture } = props;
  const { facts, max_tokens: limit } = capture;
  const { desk, drafts, id } = document;
  const blocked = !facts
    ? trans.__('Tokens can be added once it is made.')
    : limit === null || facts.tokens < limit
      ? trans.__('All tokens of its text are in it already.')
      : workOf(capture)
        ? trans.__('Wait for the job that works on it.')
        : null;
  return (
    <ActionForm
      document={document}
      label={trans.__('Add tokens')}
      schema="AppendTokens"
      value={drafts.append}
      button={trans.__('Add tokens')}
      blocked={blocked}
      onChange={append => document.draft({ append })}
      run={() => desk.model.append(id, drafts.append)}
    >
      {facts && (
        <p className="jp-mistudio-faint">
          {trans.__(
            'It has %1 tokens in %2: about %3 for each thousand more.',
            exact(facts.tokens),
            bytes(facts.bytes),
            bytes((1000 * facts.bytes) / Math.max(1, facts.tokens))
          )}
        </p>
      )}
    </ActionForm>
  );
}
