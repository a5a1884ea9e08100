import * as React from 'react';
import { bytes } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { DatasetDocument } from '../document/documentModel';
import { CleaningPreviewView } from './cleaningPreview';
import { DeriveForm } from './deriveForm';

/** Rules for a cleaned copy, and what they would do, before anything is done. */
export function CleanTab(props: {
  document: DatasetDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const { cleaning, dataset, desk, drafts } = document;
  const { error } = useModel(cleaning);
  React.useEffect(() => cleaning.show(drafts.clean), [cleaning, drafts.clean]);
  if (!dataset?.facts) {
    return <p>{trans.__('It has no text yet.')}</p>;
  }
  return (
    <div className="jp-mistudio-Derive">
      <DeriveForm
        document={document}
        label={trans.__('Clean')}
        schema="CleanDataset"
        value={drafts.clean}
        error={error}
        button={trans.__('Make the cleaned dataset')}
        statement={trans.__(
          'A new dataset is made, of at most %1; this one stays as it is.',
          bytes(dataset.facts.bytes)
        )}
        onChange={clean => document.draft({ clean })}
        run={() => desk.model.clean(document.id, drafts.clean)}
      />
      <CleaningPreviewView model={cleaning} />
    </div>
  );
}
