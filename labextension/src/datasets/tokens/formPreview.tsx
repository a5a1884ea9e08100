import * as React from 'react';
import { useTrans } from '../../ui/hooks';
import type { FormValue } from '../../ui/formSchema';
import type { DatasetDocument } from '../document/documentModel';
import { isTokenization } from './tokenizeForm';
import { TokensView } from './tokensView';

/** Somebody still types. */
const PAUSE = 500;

/** The first sample, or any text, as the chosen tokenizer cuts it; asked again when either changes. */
export function FormPreview(props: {
  document: DatasetDocument;
  value: FormValue;
}): JSX.Element {
  const trans = useTrans();
  const { document, value } = props;
  const { formTokens, samples, drafts } = document;
  const id = React.useId();
  const [first, setFirst] = React.useState('');
  React.useEffect(() => {
    const read = () => setFirst(samples.head(0)?.text ?? '');
    samples.changed.connect(read);
    samples.want(0, 0);
    read();
    return () => {
      samples.changed.disconnect(read);
    };
  }, [samples]);
  const text = drafts.formText ?? first;
  const tokenizer = String(value.tokenizer ?? '').trim();
  const special = value.special_tokens !== false;
  // A tokenizer of the hub comes only with the work.
  const isAway = tokenizer.startsWith('hub:');
  React.useEffect(() => {
    if (!text || !tokenizer || isAway) {
      formTokens.clear();
      return;
    }
    const timer = setTimeout(
      () =>
        void formTokens.run({
          text,
          special_tokens: special,
          ...(isTokenization(tokenizer)
            ? { tokenization: tokenizer }
            : { tokenizer })
        }),
      PAUSE
    );
    return () => clearTimeout(timer);
  }, [formTokens, text, tokenizer, special, isAway]);
  return (
    <details
      className="jp-mistudio-FormPreview"
      open={drafts.formPreview}
      onToggle={event => {
        const { open } = event.currentTarget;
        if (open !== drafts.formPreview) {
          document.draft({ formPreview: open });
        }
      }}
    >
      <summary>{trans.__('Preview of the tokens')}</summary>
      <label htmlFor={`${id}text`}>{trans.__('Text')}</label>
      <textarea
        id={`${id}text`}
        className="jp-mod-styled"
        rows={3}
        dir="auto"
        value={text}
        onChange={event => document.draft({ formText: event.target.value })}
      />
      {isAway && (
        <p>
          {trans.__(
            'A tokenizer of the hub is fetched when you tokenize; there is no preview before.'
          )}
        </p>
      )}
      <TokensView model={formTokens} text={text} />
    </details>
  );
}
