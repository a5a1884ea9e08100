import {
  FormComponent,
  type IFormComponentProps
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { RJSFValidationError } from '@rjsf/utils';
import * as React from 'react';
import type { Client } from '../api/client';
import { ApiError } from '../api/errors';
import type { SchemaName } from '../api/types';
import type { IMiStudio } from '../tokens';
import { exact, measured } from './format';
import { TEMPLATES, WIDGETS, type IRefusal } from './formParts';
import {
  fieldOf,
  formGroups,
  withDefaults,
  type FieldChoices,
  type FormValue,
  type IFieldGroup
} from './formSchema';
import { useTrans } from './hooks';
import { ErrorNote } from './notes';

type Validator = IFormComponentProps['validator'];

export interface ISchemaFormProps {
  studio: IMiStudio;
  /** Which parameters it asks for. */
  schema: SchemaName;
  value: FormValue;
  /** Gets all values that were given or changed; what is empty is left out. */
  onChange: (value: FormValue) => void;
  /** Only these fields, in this order. */
  fields?: readonly string[];
  /** What can be chosen for a text or a list, where the schema cannot know it. */
  choices?: FieldChoices;
  /** What the server said of these values; shown at the field it speaks of. */
  error?: ApiError | null;
  disabled?: boolean;
  /** The first field takes the focus when it comes. */
  autoFocus?: boolean;
}

/** A form over the same schema that server, notebook and terminal use. */
export function SchemaForm(props: ISchemaFormProps): JSX.Element {
  const { studio, value, error } = props;
  const loaded = useForm(studio, props.schema);
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    // A long form scrolls: what is wrong must not lie out of sight.
    const told = error && node.current?.querySelector('[role="alert"]');
    told?.scrollIntoView({ block: 'nearest' });
  }, [error, loaded]);
  if (loaded instanceof ApiError) {
    return <ErrorNote error={loaded} />;
  }
  if (!loaded) {
    return <div className="jp-mistudio-Form" aria-busy />;
  }
  const { fields, choices } = props;
  const groups = formGroups(loaded.schema, value, { fields, choices });
  const wrong = fieldOf(groups, error?.field);
  return (
    <div className="jp-mistudio-Form" ref={node}>
      {groups.map((group, at) => (
        <Group
          key={group.title}
          group={group}
          choices={choices}
          autoFocus={props.autoFocus && at === 0}
          validator={loaded.validator}
          value={withDefaults(group.schema, value)}
          disabled={props.disabled}
          error={wrong ? (error ?? null) : null}
          wrong={wrong}
          onChange={part => props.onChange(merged(value, part, group))}
        />
      ))}
      {error && !wrong && <ErrorNote error={error} />}
    </div>
  );
}

function Group(props: {
  group: IFieldGroup;
  choices?: FieldChoices;
  validator: Validator;
  value: FormValue;
  disabled?: boolean;
  error: ApiError | null;
  wrong?: string;
  autoFocus?: boolean;
  onChange: (part: FormValue) => void;
}): JSX.Element {
  const { group, error, wrong } = props;
  const trans = useTrans();
  // A page has several forms, and some of them ask for the same: labels must lead to their own fields.
  const root = React.useId();
  const names = Object.keys(group.schema.properties ?? {});
  const shown = names.filter(name => props.value[name] != null);
  // Not as an error of the form's own: those it keeps until the field is changed.
  const refusal: IRefusal | undefined =
    error && wrong && names.includes(wrong)
      ? {
          id: `${root}_${wrong}`,
          sentence: `${error.message} ${error.hint}`.trim()
        }
      : undefined;
  return (
    <fieldset className="jp-mistudio-Form-group">
      {group.title && <legend>{group.title}</legend>}
      <FormComponent
        tagName="div"
        idPrefix={root}
        schema={group.schema as IFormComponentProps['schema']}
        uiSchema={uiOf(group, props.choices, props.autoFocus)}
        validator={props.validator}
        formData={
          Object.fromEntries(
            shown.map(name => [name, props.value[name]])
          ) as ReadonlyJSONObject
        }
        templates={TEMPLATES}
        widgets={WIDGETS}
        disabled={props.disabled}
        formContext={{ root, refusal }}
        liveValidate
        // A list that nobody began is not one of empty entries.
        experimental_defaultFormStateBehavior={{
          arrayMinItems: { populate: 'requiredOnly' }
        }}
        noHtml5Validate
        showErrorList={false}
        transformErrors={errors => told(errors, trans)}
        onChange={event => props.onChange(event.formData ?? {})}
      />
    </fieldset>
  );
}

/** The validator speaks to programmers; and of an empty field nobody wants to be told too early. */
function told(
  errors: RJSFValidationError[],
  trans: TranslationBundle
): RJSFValidationError[] {
  return errors
    .filter(error => error.name !== 'required')
    .map(error => ({ ...error, message: sentence(error, trans) }));
}

function sentence(
  { name, params, message }: RJSFValidationError,
  trans: TranslationBundle
): string | undefined {
  switch (name) {
    case 'minimum':
      return trans.__('It must be %1 or more.', measured(params.limit));
    case 'maximum':
      return trans.__('It must be %1 or less.', measured(params.limit));
    case 'maxLength':
      return trans.__('At most %1 characters.', exact(params.limit));
    case 'minLength':
      return trans.__('It must not be empty.');
    case 'minItems':
      return trans._n(
        'At least one is needed.',
        'At least %1 are needed.',
        params.limit
      );
    case 'maxItems':
      return trans.__('At most %1.', exact(params.limit));
    case 'enum':
      return trans.__('It is none of the choices.');
    case 'type':
      return params.type === 'integer'
        ? trans.__('It must be a whole number.')
        : trans.__('It must be a number.');
    default:
      return message;
  }
}

/** So many characters have lines. */
const LONG = 10_000;

function uiOf(
  group: IFieldGroup,
  choices: FieldChoices = {},
  autoFocus = false
): IFormComponentProps['uiSchema'] {
  const fields = Object.entries(group.schema.properties ?? {});
  return Object.fromEntries(
    fields.map(([name, field], at) => [
      name,
      {
        'ui:autofocus': autoFocus && at === 0,
        ...widgetOf(field, choices[name])
      }
    ])
  );
}

function widgetOf(
  field: Client.IJsonSchema,
  choices: FieldChoices[string] | undefined
): object {
  if (field.type === 'array') {
    return choices
      ? { 'ui:widget': 'checks', 'ui:options': { choices } }
      : { 'ui:widget': 'lines' };
  }
  if (field.enum) {
    return { 'ui:widget': 'choice', 'ui:options': { choices } };
  }
  if (field.type !== 'string') {
    return {};
  }
  const { maxLength, default: usual } = field;
  if (typeof maxLength === 'number' && maxLength >= LONG) {
    return { 'ui:widget': 'longText' };
  }
  return /[\n\t]/.test(String(usual ?? '')) ? { 'ui:widget': 'escaped' } : {};
}

/** The form fills in every default; what nobody gave or changed stays the server's to decide. */
function merged(
  value: FormValue,
  part: FormValue,
  group: IFieldGroup
): FormValue {
  const all: FormValue = { ...value };
  const fields = group.schema.properties ?? {};
  for (const name of Object.keys(fields)) {
    const isUntouched =
      value[name] === undefined && part[name] === fields[name].default;
    if (part[name] === undefined && fields[name].nullable) {
      all[name] = null;
    } else if (part[name] === undefined || isUntouched) {
      delete all[name];
    } else {
      all[name] = part[name];
    }
  }
  return all;
}

interface ILoaded {
  schema: Client.IJsonSchema;
  validator: Validator;
}

/** The schema, and the validator, which is large and comes only with a form. */
function useForm(
  studio: IMiStudio,
  name: SchemaName
): ILoaded | ApiError | null {
  const [loaded, setLoaded] = React.useState<ILoaded | ApiError | null>(null);
  React.useEffect(() => {
    let wanted = true;
    Promise.all([studio.schema(name), import('@rjsf/validator-ajv8')]).then(
      ([schema, { default: validator }]) => {
        if (wanted) {
          setLoaded({ schema, validator: validator as unknown as Validator });
        }
      },
      thrown => {
        if (wanted) {
          setLoaded(ApiError.from(thrown));
        }
      }
    );
    return () => {
      wanted = false;
    };
  }, [studio, name]);
  return loaded;
}
