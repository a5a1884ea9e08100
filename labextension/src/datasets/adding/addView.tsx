import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ApiError } from '../../api/errors';
import type { IMiStudio } from '../../tokens';
import type { FormValue } from '../../ui/formSchema';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import type { AddForm } from './addForm';
import { choicesOf, readingFields } from './columns';
import { LookView } from './lookView';
import type { ChooseFile } from './serverFiles';

const NAMES = ['name', 'tags', 'notes'];

/** Where the text is, how it is read, what it is called; beside it, what that would give. */
export function AddView(props: {
  form: AddForm;
  studio: IMiStudio;
  /** Absent where there is no file browser. */
  choose?: ChooseFile;
  /** What an upload is called. */
  title?: string;
  onAdd: () => void;
  onClose: () => void;
}): JSX.Element {
  const { studio, choose, title, onAdd, onClose } = props;
  const trans = useTrans();
  const form = useModel(props.form);
  const isOffline = useSignal(
    studio.events.stateChanged,
    () => studio.events.state === 'offline'
  );
  const id = React.useId();
  const { value, seen, error, lookError } = form;
  const reading = seen ? readingFields(seen, value) : [];
  const wrong = error ?? lookError;
  const blocked = isOffline
    ? trans.__('The server cannot be reached.')
    : form.blocked;
  const change = (next: FormValue) => {
    form.value = next;
  };
  const part = (fields: readonly string[], shown: FormValue = value) => (
    <SchemaForm
      studio={studio}
      schema="AddDataset"
      fields={fields}
      value={shown}
      error={speaksOf(fields, wrong) ? wrong : null}
      choices={seen ? choicesOf(seen, trans) : undefined}
      disabled={form.isAdding}
      // One that comes back with the layout takes the focus from nobody.
      autoFocus={fields[0] === 'path' && !value.path}
      onChange={change}
    />
  );
  return (
    <form
      className="jp-mistudio-Adding"
      aria-label={trans.__('Add a dataset')}
      onSubmit={event => {
        event.preventDefault();
        if (blocked === null) {
          onAdd();
        }
      }}
    >
      <div className="jp-mistudio-Adding-body">
        <div className="jp-mistudio-Adding-fields">
          <h2>{trans.__('Add a dataset')}</h2>
          {value.upload === undefined ? (
            part(['path'])
          ) : (
            <p className="jp-mistudio-Adding-upload">
              {title
                ? trans.__('Uploaded: %1', title)
                : trans.__('An uploaded file')}
            </p>
          )}
          {choose && value.upload === undefined && (
            <Button
              className="jp-mod-styled jp-mistudio-Adding-choose"
              type="button"
              small
              onClick={() =>
                void choose().then(path => {
                  if (path !== null) {
                    change({ ...form.value, path });
                  }
                })
              }
            >
              {trans.__('Choose a file or folder…')}
            </Button>
          )}
          {seen &&
            reading.length > 0 &&
            // The columns that the server would take are ticked.
            part(reading, {
              ...value,
              columns:
                value.columns ?? (seen.chosen.length ? seen.chosen : undefined)
            })}
          {part(NAMES)}
          {error && !speaksOf(['path', ...reading, ...NAMES], error) && (
            <ErrorNote error={error} />
          )}
        </div>
        <LookView form={form} />
      </div>
      <div className="jp-mistudio-Adding-end">
        <Button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          disabled={blocked !== null || form.isAdding}
          aria-describedby={`${id}blocked`}
        >
          {trans.__('Add dataset')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-reject"
          type="button"
          onClick={onClose}
        >
          {trans.__('Not now')}
        </Button>
        <span id={`${id}blocked`} role="status">
          {blocked}
        </span>
      </div>
    </form>
  );
}

function speaksOf(fields: readonly string[], error: ApiError | null): boolean {
  return fields.includes(error?.field?.split('.')[0] ?? '');
}
