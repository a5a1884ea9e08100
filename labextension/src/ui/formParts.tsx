// How one field of a form looks: JupyterLab's classes, with labels that belong to their inputs.

import type {
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  WidgetProps
} from '@rjsf/utils';
import * as React from 'react';

function Field(props: FieldTemplateProps): JSX.Element {
  const { id, label, schema, required, rawErrors, displayLabel } = props;
  if (id === 'root') {
    return <>{props.children}</>;
  }
  const unit = (schema as { unit?: string }).unit;
  const list = schema.type === 'array';
  return (
    <div className="jp-mistudio-Field" data-wrong={rawErrors ? '' : undefined}>
      {(displayLabel || list) && (
        <label className="jp-mistudio-Field-label" htmlFor={id}>
          {label}
          {unit && <span className="jp-mistudio-Field-unit"> {unit}</span>}
          {required && <span aria-hidden> *</span>}
        </label>
      )}
      {props.children}
      {rawErrors && (
        <div className="jp-mistudio-Field-error" role="alert">
          {rawErrors.join(' ')}
        </div>
      )}
      {schema.description && (
        <div className="jp-mistudio-Field-help" id={`${id}__help`}>
          {schema.description}
        </div>
      )}
    </div>
  );
}

function Fields(props: ObjectFieldTemplateProps): JSX.Element {
  return <>{props.properties.map(property => property.content)}</>;
}

/** A list of words or texts: one a line. */
function Lines(props: WidgetProps): JSX.Element {
  const value: unknown[] = Array.isArray(props.value) ? props.value : [];
  const [text, setText] = React.useState(value.join('\n'));
  return (
    <textarea
      id={props.id}
      className="jp-mod-styled"
      rows={3}
      value={text}
      disabled={props.disabled}
      readOnly={props.readonly}
      onChange={event => {
        setText(event.target.value);
        const lines = event.target.value
          .split('\n')
          .filter(line => line.trim());
        props.onChange(lines.length ? lines : undefined);
      }}
    />
  );
}

// The help stands under the field; the checkbox would say it a second time.
const noDescription = () => null;

export const TEMPLATES = {
  FieldTemplate: Field,
  ObjectFieldTemplate: Fields,
  DescriptionFieldTemplate: noDescription,
  FieldErrorTemplate: noDescription
};

export const WIDGETS = { lines: Lines };
