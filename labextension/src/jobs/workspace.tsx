import * as React from 'react';
import { ApiError } from '../api/errors';
import type { System } from '../api/types';
import type { IMiStudio } from '../tokens';
import { bytes } from '../ui/format';
import { useTrans } from '../ui/hooks';
import { ErrorNote } from '../ui/notes';

// Code, the same in every language.
const CONFIGURATION = [
  'c.MiStudio.workspace = "…"',
  'c.MiStudio.allowed_folders = ["…"]'
].join('\n');

/** Where everything is on the server, and how an administrator changes it. */
export function Workspace(props: { studio: IMiStudio }): JSX.Element {
  const trans = useTrans();
  const found = useSystem(props.studio);
  if (found instanceof ApiError) {
    return <ErrorNote error={found} />;
  }
  if (!found) {
    return <div aria-busy />;
  }
  return (
    <div className="jp-mistudio-Details">
      <dl>
        <dt>{trans.__('Folder')}</dt>
        <dd title={found.workspace}>{found.workspace}</dd>
        <dt>{trans.__('Free')}</dt>
        <dd>{bytes(found.free_bytes)}</dd>
        <dt>{trans.__('May be read')}</dt>
        <dd>
          {found.allowed_folders.length
            ? found.allowed_folders.join(', ')
            : trans.__('only the server’s own root folder')}
        </dd>
        <dt>{trans.__('Workers')}</dt>
        <dd>
          {found.lanes.map(lane => lane.name).join(', ') ||
            trans.__('none runs; they start when there is work')}
        </dd>
        <dt>{trans.__('Version')}</dt>
        <dd>{found.version}</dd>
      </dl>
      <details>
        <summary>{trans.__('Change folders')}</summary>
        <p>
          {trans.__(
            'Whoever runs the server sets them in its configuration, and restarts it:'
          )}
        </p>
        <pre className="jp-mistudio-Details-code">{CONFIGURATION}</pre>
      </details>
    </div>
  );
}

function useSystem(studio: IMiStudio): System | ApiError | null {
  const [found, setFound] = React.useState<System | ApiError | null>(null);
  React.useEffect(() => {
    let wanted = true;
    const load = () => {
      studio.system().then(
        system => wanted && setFound(system),
        thrown => wanted && setFound(ApiError.from(thrown))
      );
    };
    load();
    studio.systemChanged.connect(load);
    return () => {
      wanted = false;
      studio.systemChanged.disconnect(load);
    };
  }, [studio]);
  return found;
}
