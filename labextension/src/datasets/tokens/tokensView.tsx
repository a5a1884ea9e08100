import * as React from 'react';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { TokenStrip } from '../../ui/tokenStrip';
import { beginning, type TokensModel } from './tokensModel';

/** The tokens of a text, with what must be said of them. */
export function TokensView(props: {
  model: TokensModel;
  text: string;
}): JSX.Element {
  const trans = useTrans();
  const { preview, error, isBusy } = useModel(props.model);
  const shown = beginning(props.text).length;
  return (
    <div className="jp-mistudio-TokensView" aria-busy={isBusy}>
      {error && <ErrorNote error={error} />}
      {isBusy && (
        <p role="status">{trans.__('The worker cuts it into tokens…')}</p>
      )}
      {preview && (
        <>
          <p role="status">
            {trans._n(
              '%2 token',
              '%2 tokens',
              preview.count,
              exact(preview.count)
            )}
            {' · '}
            {trans.__('vocabulary of %1', exact(preview.vocabulary))}
            {shown < props.text.length && (
              <>
                {' · '}
                {trans.__(
                  'of the first %1 of %2 characters',
                  exact(shown),
                  exact(props.text.length)
                )}
              </>
            )}
          </p>
          <TokenStrip tokens={preview.tokens} label={trans.__('Tokens')} />
        </>
      )}
    </div>
  );
}
