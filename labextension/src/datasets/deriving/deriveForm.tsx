import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { SchemaName, Started } from '../../api/types';
import type { FieldChoices, FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';
import type { DatasetDocument } from '../document/documentModel';

/** How a dataset is made of this one; once it is asked for, its own document opens. */
export function DeriveForm(props: {
  document: DatasetDocument;
  label: string;
  schema: SchemaName;
  value: FormValue;
  choices?: FieldChoices;
  /** What is known to be wrong before it is asked for. */
  error?: ApiError | null;
  button: string;
  /** What it will take. */
  statement: string;
  onChange: (value: FormValue) => void;
  run: () => Promise<Started>;
}): JSX.Element {
  const { desk } = props.document;
  const [refused, setRefused] = React.useState<ApiError | null>(null);
  const [isBusy, setBusy] = React.useState(false);
  const submit = async () => {
    setBusy(true);
    setRefused(null);
    try {
      const { object } = await props.run();
      await desk.model.refresh();
      desk.actions.openId(object);
    } catch (thrown) {
      setRefused(ApiError.from(thrown));
    }
    setBusy(false);
  };
  return (
    <form
      aria-label={props.label}
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <SchemaForm
        studio={desk.studio}
        schema={props.schema}
        choices={props.choices}
        value={props.value}
        error={refused ?? props.error}
        disabled={isBusy}
        onChange={value => {
          setRefused(null);
          props.onChange(value);
        }}
      />
      <p className="jp-mistudio-faint">{props.statement}</p>
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          disabled={isBusy}
        >
          {props.button}
        </Button>
      </div>
    </form>
  );
}
