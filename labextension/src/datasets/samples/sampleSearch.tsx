import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { DatasetDocument } from '../document/documentModel';

/** Somebody still types. */
const PAUSE = 400;

/** Which samples are wanted: those with a text in them, those of a split. */
export function SampleSearch(props: {
  document: DatasetDocument;
}): JSX.Element {
  const trans = useTrans();
  const { dataset, found } = props.document;
  const { query } = useModel(found);
  const [typed, setTyped] = React.useState(query.search);
  const splits = Object.entries(dataset?.facts?.splits ?? {});
  React.useEffect(() => {
    const timer = setTimeout(() => found.ask({ search: typed }), PAUSE);
    return () => clearTimeout(timer);
  }, [found, typed]);
  return (
    <div className="jp-mistudio-Samples-search" role="search">
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Search in the texts')}
        placeholder={trans.__('Search in the texts')}
        maxLength={500}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            found.ask({ search: typed });
          } else if (event.key === 'Escape') {
            setTyped('');
            found.ask({ search: '' });
          }
        }}
      />
      {splits.length > 1 && (
        <HTMLSelect
          aria-label={trans.__('Split')}
          value={query.split}
          onChange={event => found.ask({ split: event.target.value })}
        >
          <option value="">{trans.__('all splits')}</option>
          {splits.map(([name, count]) => (
            <option key={name} value={name}>
              {trans.__('%1 (%2)', name, exact(count))}
            </option>
          ))}
        </HTMLSelect>
      )}
    </div>
  );
}
