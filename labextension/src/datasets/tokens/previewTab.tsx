import { Button, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { DatasetDocument } from '../document/documentModel';
import { PREVIEW_CHARACTERS } from './tokensModel';
import { TokensView } from './tokensView';

/** Any text, cut by the tokenizer of a tokenization or of a folder, before anything is run. */
export function PreviewTab(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { drafts, tokenizations, previewTokens } = document;
  const { isBusy } = useModel(previewTokens);
  const id = React.useId();
  const chosen =
    drafts.previewWith === null
      ? tokenizations[0]
      : tokenizations.find(each => each.id === drafts.previewWith);
  const useFolder = chosen === undefined;
  const missing = !drafts.previewText
    ? trans.__('Type a text first.')
    : useFolder && !drafts.previewFolder.trim()
      ? trans.__('Say which tokenizer first.')
      : null;
  const run = () => {
    if (missing === null) {
      void previewTokens.run({
        text: drafts.previewText,
        special_tokens: drafts.previewSpecial,
        ...(chosen
          ? { tokenization: chosen.id }
          : { tokenizer: drafts.previewFolder.trim() })
      });
    }
  };
  return (
    <div className="jp-mistudio-Preview">
      <label htmlFor={`${id}text`}>{trans.__('Text')}</label>
      <textarea
        id={`${id}text`}
        className="jp-mod-styled"
        rows={5}
        dir="auto"
        value={drafts.previewText}
        aria-describedby={`${id}help`}
        onChange={event => document.draft({ previewText: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            event.stopPropagation();
            run();
          }
        }}
      />
      <p id={`${id}help`} className="jp-mistudio-faint">
        {trans.__(
          'The first %1 characters are shown. Ctrl+Enter runs it.',
          exact(PREVIEW_CHARACTERS)
        )}
      </p>
      <label htmlFor={`${id}with`}>{trans.__('Tokenizer')}</label>
      <HTMLSelect
        id={`${id}with`}
        value={chosen?.id ?? ''}
        onChange={event => document.draft({ previewWith: event.target.value })}
      >
        {tokenizations.map(each => (
          <option key={each.id} value={each.id}>
            {trans.__('that of “%1”', each.name)}
          </option>
        ))}
        <option value="">{trans.__('in a folder on the server')}</option>
      </HTMLSelect>
      {useFolder && (
        <input
          className="jp-mod-styled"
          aria-label={trans.__('Folder of the tokenizer')}
          placeholder={trans.__('Folder with tokenizer.json')}
          value={drafts.previewFolder}
          onChange={event =>
            document.draft({ previewFolder: event.target.value })
          }
          onKeyDown={event => {
            if (event.key === 'Enter') {
              run();
            }
          }}
        />
      )}
      <label className="jp-mistudio-Preview-special">
        <input
          type="checkbox"
          checked={drafts.previewSpecial}
          onChange={event =>
            document.draft({ previewSpecial: event.target.checked })
          }
        />
        {trans.__('Special tokens that the tokenizer adds by itself')}
      </label>
      <Button
        className="jp-mod-styled jp-mod-accept"
        aria-disabled={missing !== null || isBusy}
        title={missing ?? trans.__('Show the tokens (Ctrl+Enter)')}
        onClick={run}
      >
        {trans.__('Show tokens')}
      </Button>
      <TokensView model={previewTokens} text={drafts.previewText} />
    </div>
  );
}
