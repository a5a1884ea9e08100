import * as React from 'react';
import type { IMiStudio } from '../../tokens';
import { Answer } from '../../ui/answer';
import { bytes } from '../../ui/format';
import { useModel } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';

/** The models that other tools have downloaded to the server's machine, to choose one of. */
export function CachedChoice(props: {
  studio: IMiStudio;
  value: unknown;
  onChange: (name: string) => void;
}): JSX.Element {
  const { client, trans } = props.studio;
  const name = React.useId();
  const [filter, setFilter] = React.useState('');
  const cached = useModel(
    React.useMemo(
      () => new Answer(() => client.get('/models/cached')),
      [client]
    )
  );
  React.useEffect(() => {
    void cached.ask();
  }, [cached]);
  if (cached.error) {
    return (
      <ErrorNote
        error={cached.error}
        action={{ label: trans.__('Try again'), run: () => void cached.ask() }}
      />
    );
  }
  const models = cached.value?.models;
  if (!models) {
    return <p role="status">{trans.__('Looking into the cache…')}</p>;
  }
  if (!models.length) {
    return (
      <p role="status">
        {trans.__(
          'No model is in the hub’s cache on the server. Add one from the hub.'
        )}
      </p>
    );
  }
  const found = models.filter(each =>
    each.name.toLocaleLowerCase().includes(filter.trim().toLocaleLowerCase())
  );
  return (
    <fieldset className="jp-mistudio-CachedChoice">
      <legend>{trans.__('Models in the cache')}</legend>
      <input
        className="jp-mod-styled"
        type="search"
        aria-label={trans.__('Filter')}
        placeholder={trans.__('Filter…')}
        value={filter}
        onChange={event => setFilter(event.target.value)}
      />
      <div className="jp-mistudio-CachedChoice-list">
        {found.map(each => (
          <label key={`${each.name} ${each.commit}`} title={each.path}>
            <input
              type="radio"
              name={name}
              checked={props.value === each.name}
              onChange={() => props.onChange(each.name)}
            />
            <bdi>{each.name}</bdi>{' '}
            <span className="jp-mistudio-faint">
              {bytes(each.bytes)}
              {each.model !== null && ` · ${trans.__('added already')}`}
            </span>
          </label>
        ))}
        {!found.length && <p>{trans.__('No model is like that.')}</p>}
      </div>
    </fieldset>
  );
}
