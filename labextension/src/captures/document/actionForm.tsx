import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { SchemaName, Started } from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';
import type { CaptureDocument } from './documentModel';

/** What is asked before a job on the capture begins; how far that is stands in the document's head. */
export function ActionForm(props: {
  document: CaptureDocument;
  label: string;
  schema: SchemaName;
  value: FormValue;
  button: string;
  /** Why it cannot be done now; null where it can. */
  blocked: string | null;
  onChange: (value: FormValue) => void;
  run: () => Promise<Started>;
  /** Beside the form. */
  children?: React.ReactNode;
}): JSX.Element {
  const { desk } = props.document;
  const id = React.useId();
  const [error, setError] = React.useState<ApiError | null>(null);
  const [isBusy, setBusy] = React.useState(false);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await props.run();
      await desk.model.refresh();
    } catch (thrown) {
      setError(ApiError.from(thrown));
    }
    setBusy(false);
  };
  return (
    <form
      className="jp-mistudio-ActionForm"
      aria-label={props.label}
      onSubmit={event => {
        event.preventDefault();
        if (props.blocked === null) {
          void submit();
        }
      }}
    >
      <SchemaForm
        studio={desk.studio}
        schema={props.schema}
        value={props.value}
        error={error}
        disabled={isBusy}
        onChange={value => {
          setError(null);
          props.onChange(value);
        }}
      />
      {props.children}
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          disabled={isBusy}
          aria-disabled={props.blocked !== null}
          aria-describedby={id}
        >
          {props.button}
        </Button>
      </div>
      <p id={id} role="status">
        {props.blocked}
      </p>
    </form>
  );
}
