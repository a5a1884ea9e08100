// How one field of a form looks: JupyterLab's classes, with labels that belong to their inputs.

import type {
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  WidgetProps
} from '@rjsf/utils';
import * as React from 'react';
import { Checks } from './formChecks';
import { inWords, type IChoice } from './formSchema';

/** What the server said of one field. */
export interface IRefusal {
  /** The field's, as the form has it. */
  id: string;
  sentence: string;
}

function Field(props: FieldTemplateProps): JSX.Element {
  const { id, label, schema, required, rawErrors, displayLabel } = props;
  const { root, refusal } = props.formContext as {
    root: string;
    refusal?: IRefusal;
  };
  const wrong = [
    ...(rawErrors ?? []),
    ...(refusal?.id === id ? [refusal.sentence] : [])
  ];
  const isGroup = props.uiSchema?.['ui:widget'] === 'checks';
  if (id === root) {
    return <>{props.children}</>;
  }
  const { unit } = schema as { unit?: string };
  // “Steps steps” says no more than “Steps”.
  const says = unit && unit !== label.toLowerCase();
  const list = schema.type === 'array';
  return (
    <div
      className="jp-mistudio-Field"
      data-wrong={wrong.length ? '' : undefined}
    >
      {(displayLabel || list) && (
        <label
          className="jp-mistudio-Field-label"
          // Boxes have names of their own, and this one as a group.
          htmlFor={isGroup ? undefined : id}
          id={`${id}__label`}
        >
          {label}
          {says && <span className="jp-mistudio-Field-unit"> {unit}</span>}
          {required && <span aria-hidden> *</span>}
        </label>
      )}
      {props.children}
      {wrong.length > 0 && (
        <div className="jp-mistudio-Field-error" role="alert">
          {wrong.join(' ')}
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

/** One of a few; an optional one can be none. */
function Choice(props: WidgetProps): JSX.Element {
  const { schema, value, required } = props;
  const choices = (schema.enum ?? []) as readonly unknown[];
  const { areNames } = schema as { areNames?: boolean };
  const { choices: told } = props.options as { choices?: readonly IChoice[] };
  const detail = told?.find(each => each.value === value)?.detail;
  return (
    <>
      <select
        id={props.id}
        value={value === undefined ? '' : choices.indexOf(value)}
        disabled={props.disabled || props.readonly}
        onChange={({ target }) =>
          props.onChange(
            target.value === '' ? undefined : choices[Number(target.value)]
          )
        }
      >
        {(!required || value === undefined) && schema.default === undefined && (
          <option value="" />
        )}
        {choices.map((choice, at) => (
          <option key={at} value={at}>
            {areNames ? String(choice) : inWords(choice)}
          </option>
        ))}
      </select>
      {detail && <div className="jp-mistudio-Field-help">{detail}</div>}
    </>
  );
}

/** A list of words or texts: one a line. */
function Lines(props: WidgetProps): JSX.Element {
  const value: unknown[] = Array.isArray(props.value) ? props.value : [];
  const [text, setText] = React.useState(value.join('\n'));
  const { items } = props.schema as { items?: { type?: string } };
  const isNumber = items?.type === 'number' || items?.type === 'integer';
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
        const list = isNumber ? lines.map(Number) : lines;
        props.onChange(list.length ? list : undefined);
      }}
    />
  );
}

/** A text so long that it has lines. */
function LongText(props: WidgetProps): JSX.Element {
  return (
    <textarea
      id={props.id}
      className="jp-mod-styled"
      rows={4}
      value={String(props.value ?? '')}
      disabled={props.disabled}
      readOnly={props.readonly}
      onChange={event => props.onChange(event.target.value || undefined)}
    />
  );
}

const ESCAPED: Record<string, string> = { '\n': '\\n', '\t': '\\t' };
const MEANT: Record<string, string> = { n: '\n', t: '\t', '\\': '\\' };

/** A short text that may hold line ends and tabs, which are written \n and \t. */
function Escaped(props: WidgetProps): JSX.Element {
  const [typed, setTyped] = React.useState<string | null>(null);
  const shown = String(props.value ?? '')
    .replace(/\\/g, '\\\\')
    .replace(/[\n\t]/g, each => ESCAPED[each]);
  return (
    <input
      id={props.id}
      type="text"
      className="jp-mod-styled"
      spellCheck={false}
      value={typed ?? shown}
      disabled={props.disabled}
      readOnly={props.readonly}
      onBlur={() => setTyped(null)}
      onChange={event => {
        setTyped(event.target.value);
        props.onChange(
          event.target.value.replace(/\\([nt\\])/g, (_, each) => MEANT[each])
        );
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

export const WIDGETS = {
  checks: Checks,
  choice: Choice,
  escaped: Escaped,
  lines: Lines,
  longText: LongText
};
