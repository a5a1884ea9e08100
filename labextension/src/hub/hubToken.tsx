import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ApiError } from '../api/errors';
import type { HubTokenState } from '../api/types';
import type { IMiStudio } from '../tokens';
import { ErrorNote } from '../ui/notes';

/** Whether there is a token for the hub, a field for one, and a test of the connection. A token is never shown. */
export function TokenPart(props: {
  studio: IMiStudio;
  value: string;
  error: ApiError | null;
  onChange: (token: string) => void;
}): JSX.Element {
  const { value, onChange } = props;
  const { client, trans } = props.studio;
  const id = React.useId();
  const [state, setState] = React.useState<HubTokenState | null>(null);
  const [answer, setAnswer] = React.useState('');
  const [isBusy, setBusy] = React.useState(false);
  const [failed, setFailed] = React.useState<ApiError | null>(props.error);
  const attempt = async (work: () => Promise<string>) => {
    setBusy(true);
    setFailed(null);
    setAnswer('');
    try {
      setAnswer(await work());
    } catch (thrown) {
      setFailed(ApiError.from(thrown));
    }
    setBusy(false);
  };
  React.useEffect(() => {
    let wanted = true;
    client.get('/hub/token').then(
      found => wanted && setState(found),
      thrown => wanted && setFailed(ApiError.from(thrown))
    );
    return () => {
      wanted = false;
    };
  }, [client]);
  const forget = async () => {
    setState(await client.delete('/hub/token'));
    return trans.__('The token is forgotten.');
  };
  const test = async () => {
    if (value) {
      setState(await client.put('/hub/token', { body: { token: value } }));
      onChange('');
    }
    const { endpoint, account } = await client.post('/hub/check', { body: {} });
    return account
      ? trans.__('%1 answers, and knows you as %2.', endpoint, account)
      : trans.__('%1 answers; it does not know who you are.', endpoint);
  };
  return (
    <fieldset className="jp-mistudio-Form-group" disabled={isBusy}>
      <legend>{trans.__('Token')}</legend>
      <div className="jp-mistudio-Field" data-wrong={failed ? '' : undefined}>
        <label className="jp-mistudio-Field-label" htmlFor={id}>
          {trans.__('New token')}
        </label>
        <input
          id={id}
          type="password"
          className="jp-mod-styled"
          // Not even the browser is to fill it in.
          autoComplete="new-password"
          maxLength={4096}
          value={value}
          onChange={event => onChange(event.target.value)}
        />
        <div className="jp-mistudio-Field-help">
          {stateOf(state, trans)}{' '}
          {trans.__(
            'Only what is gated or private needs one. It is kept on the server, and never shown again.'
          )}
        </div>
      </div>
      {failed && <ErrorNote error={failed} />}
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled"
          small
          onClick={() => void attempt(test)}
        >
          {trans.__('Test connection')}
        </Button>
        {state?.source === 'saved' && (
          <Button
            className="jp-mod-styled"
            small
            onClick={() => void attempt(forget)}
          >
            {trans.__('Forget the token')}
          </Button>
        )}
      </div>
      <p role="status">{answer}</p>
    </fieldset>
  );
}

function stateOf(
  state: HubTokenState | null,
  trans: TranslationBundle
): string {
  if (!state) {
    return '';
  }
  const words = {
    saved: trans.__('A token for %1 is kept already.', state.endpoint),
    login: trans.__('The login of the hub’s own tools is used.'),
    none: trans.__('There is no token for %1.', state.endpoint)
  };
  return words[state.source];
}
