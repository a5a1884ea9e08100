import * as React from 'react';
import { useModel, useTrans } from '../ui/hooks';
import { ListKeys } from '../ui/listKeys';
import { ObjectList } from '../ui/objects/objectList';
import { UploadRow } from './adding/uploadRow';
import type { Uploads } from './adding/uploads';
import type { DatasetsDesk } from './desk';
import { rowActions } from './rowActions';
import { rowFacts } from './words';

/** The panel: what is on its way, then the datasets with their tokenizations. */
export function DatasetList(props: { desk: DatasetsDesk }): JSX.Element {
  const { desk } = props;
  const trans = useTrans();
  const uploads = useModel(desk.uploads);
  return (
    <ObjectList
      desk={desk}
      className="jp-mistudio-Datasets"
      label={trans.__('Datasets')}
      addTitle={trans.__('Add a dataset')}
      factsOf={object => rowFacts(object, trans)}
      actionsOf={object => rowActions(object, desk.actions, trans)}
      above={uploads.all.length > 0 && <OnTheirWay uploads={uploads} />}
      hint={trans.__('Drop a file here to add it.')}
      noneLike={{
        sentence: trans.__('No dataset is like that.'),
        showAll: trans.__('Show all datasets')
      }}
      empty={{
        sentence: trans.__(
          'No text yet: drop a file with text here, or choose one.'
        ),
        button: {
          label: trans.__('Upload a file…'),
          run: () => desk.chooseUpload()
        },
        demo: {
          label: trans.__('Load the demo'),
          run: () => desk.loadDemo()
        }
      }}
    />
  );
}

function OnTheirWay(props: { uploads: Uploads }): JSX.Element {
  const trans = useTrans();
  const { uploads } = props;
  return (
    <ListKeys
      className="jp-mistudio-Uploads"
      ids={uploads.all.map(upload => upload.id)}
      label={trans.__('Files on their way')}
      onOpen={id => {
        const upload = uploads.all.find(each => each.id === id);
        if (upload?.state === 'asking') {
          uploads.answer(upload);
        }
      }}
      onSelect={() => undefined}
      onDelete={id => {
        const upload = uploads.all.find(each => each.id === id);
        if (upload) {
          void uploads.cancel(upload);
        }
      }}
    >
      {uploads.all.map(upload => (
        <UploadRow key={upload.id} upload={upload} uploads={uploads} />
      ))}
    </ListKeys>
  );
}
