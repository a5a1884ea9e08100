import * as React from 'react';
import type { SampleLook, SourceLook } from '../../api/types';
import { bytes, exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { rowsWords } from '../words';
import type { AddForm } from './addForm';

/** What is at the source, and its first samples as they would be read. */
export function LookView(props: { form: AddForm }): JSX.Element {
  const trans = useTrans();
  const form = useModel(props.form);
  const { seen, lookError, isLooking, value } = form;
  const isAtPath = value.upload === undefined && lookError?.field === 'path';
  return (
    <section
      className="jp-mistudio-Look"
      aria-label={trans.__('What would be read')}
      aria-busy={isLooking}
    >
      <p className="jp-mistudio-Look-state" role="status">
        {isLooking ? trans.__('Looking…') : seen ? found(seen) : ''}
      </p>
      {lookError && !isAtPath && (
        <ErrorNote
          error={lookError}
          action={{
            label: trans.__('Look again'),
            run: () => void form.look()
          }}
        />
      )}
      {seen && <Seen seen={seen} />}
      {!seen && !lookError && !isLooking && (
        <p className="jp-mistudio-faint">
          {trans.__('Its first samples are shown here.')}
        </p>
      )}
    </section>
  );

  function found(look: SourceLook): string {
    return [
      trans._n('%1 file', '%1 files', look.files, exact(look.files)),
      bytes(look.bytes),
      look.formats.join(', '),
      look.rows !== 'auto' && look.columns.length
        ? rowsWords(look.rows, trans)
        : ''
    ]
      .filter(Boolean)
      .join(' · ');
  }
}

function Seen(props: { seen: SourceLook }): JSX.Element {
  const trans = useTrans();
  const { problem, samples, bad_rows: bad } = props.seen;
  return (
    <>
      {problem !== null && (
        <p className="jp-mistudio-Look-problem" role="alert">
          {problem}
        </p>
      )}
      {samples.length > 0 && (
        <ol
          className="jp-mistudio-Look-samples"
          aria-label={trans.__('First samples')}
        >
          {samples.map((sample, at) => (
            <First key={at} sample={sample} />
          ))}
        </ol>
      )}
      {bad.length > 0 && (
        <div className="jp-mistudio-Look-bad">
          <p>{trans.__('Among the first rows, not shown above:')}</p>
          <ul>
            {bad.map((each, at) => (
              <li key={at}>{each}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function First(props: { sample: SampleLook }): JSX.Element {
  const trans = useTrans();
  const { text, length, split, messages } = props.sample;
  const facts = [
    split,
    trans._n('%1 character', '%1 characters', length, exact(length)),
    messages === null
      ? ''
      : trans._n('%1 message', '%1 messages', messages, exact(messages))
  ];
  return (
    <li>
      <div className="jp-mistudio-faint">
        {facts.filter(Boolean).join(' · ')}
      </div>
      <div className="jp-mistudio-Look-text" dir="auto">
        {text}
        {text.length < length && '…'}
      </div>
    </li>
  );
}
