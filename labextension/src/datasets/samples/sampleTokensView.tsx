import * as React from 'react';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { TokenStrip } from '../../ui/tokenStrip';
import type { SampleTokens } from './sampleTokens';

/** A sample's tokens as far as they were asked for, and the way to more. */
export function SampleTokensView(props: {
  model: SampleTokens;
  label?: string;
}): JSX.Element {
  const trans = useTrans();
  const model = useModel(props.model);
  const { tokens, roles, count, error, isBusy } = model;
  return (
    <div className="jp-mistudio-TokensView" aria-busy={isBusy}>
      {tokens.length > 0 && (
        <TokenStrip
          tokens={tokens}
          roles={roles}
          label={props.label ?? trans.__('Tokens')}
        />
      )}
      {count === 0 && <p>{trans.__('It has no tokens.')}</p>}
      {isBusy && (
        <p role="status">{trans.__('The worker cuts it into tokens…')}</p>
      )}
      {error && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void model.more()
          }}
        />
      )}
      {!isBusy && !error && count !== null && tokens.length < count && (
        <p>
          {trans.__('%1 of %2 tokens.', exact(tokens.length), exact(count))}{' '}
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => void model.more()}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </div>
  );
}
