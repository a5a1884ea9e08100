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
import { TEMPLATES, WIDGETS } from './formParts';
import {
  fieldOf,
  formGroups,
  withDefaults,
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
  const groups = formGroups(loaded.schema, value, { fields: props.fields });
  const wrong = fieldOf(groups, error?.field);
  return (
    <div className="jp-mistudio-Form" ref={node}>
      {groups.map((group, at) => (
        <Group
          key={group.title}
          group={group}
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
  const names = Object.keys(group.schema.properties ?? {});
  const shown = names.filter(name => props.value[name] !== undefined);
  const extraErrors =
    error && wrong && names.includes(wrong)
      ? { [wrong]: { __errors: [`${error.message} ${error.hint}`.trim()] } }
      : undefined;
  return (
    <fieldset className="jp-mistudio-Form-group">
      {group.title && <legend>{group.title}</legend>}
      <FormComponent
        tagName="div"
        schema={group.schema as IFormComponentProps['schema']}
        uiSchema={uiOf(group, props.autoFocus)}
        validator={props.validator}
        formData={
          Object.fromEntries(
            shown.map(name => [name, props.value[name]])
          ) as ReadonlyJSONObject
        }
        templates={TEMPLATES}
        widgets={WIDGETS}
        disabled={props.disabled}
        extraErrors={extraErrors}
        liveValidate
        noHtml5Validate
        showErrorList={false}
        transformErrors={errors => inWords(errors, trans)}
        onChange={event => props.onChange(event.formData ?? {})}
      />
    </fieldset>
  );
}

/** The validator speaks to programmers; and of an empty field nobody wants to be told too early. */
function inWords(
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
    case 'type':
      return params.type === 'integer'
        ? trans.__('It must be a whole number.')
        : trans.__('It must be a number.');
    default:
      return message;
  }
}

function uiOf(
  group: IFieldGroup,
  autoFocus = false
): IFormComponentProps['uiSchema'] {
  const fields = Object.entries(group.schema.properties ?? {});
  return Object.fromEntries(
    fields.map(([name, field], at) => [
      name,
      {
        'ui:autofocus': autoFocus && at === 0,
        ...(field.type === 'array' ? { 'ui:widget': 'lines' } : {})
      }
    ])
  );
}

function merged(
  value: FormValue,
  part: FormValue,
  group: IFieldGroup
): FormValue {
  const all: FormValue = { ...value };
  for (const name of Object.keys(group.schema.properties ?? {})) {
    if (part[name] === undefined) {
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
