import { Button, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { withoutNull } from '../../ui/formSchema';
import { measured } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { hookWord } from '../words';
import type { TrainingForm } from './trainingForm';
import { isUsed } from './used';
import { LISTS, numbersIn, plain, type IPlan, type ListName } from './variants';

/** Where the SAEs read, and lists of numbers that make several of them at once. */
export function SeveralChoice(props: {
  form: TrainingForm;
}): JSX.Element | null {
  const trans = useTrans();
  const { form } = props;
  const { hooks, plan, schema } = form;
  if (!plan) {
    return <Given form={form} />;
  }
  if (!hooks.length) {
    return (
      <p className="jp-mistudio-faint">
        {trans.__('They are shown once it is chosen what is read.')}
      </p>
    );
  }
  const isTranscoder = (form.value.target ?? 'autoencode') !== 'autoencode';
  return (
    <>
      {isTranscoder ? (
        <FromTo form={form} plan={plan} />
      ) : (
        <Hooks form={form} plan={plan} />
      )}
      <p className="jp-mistudio-Field-help">
        {trans.__(
          'Several SAEs at once read the same batches. Each value below makes one at each hook point; leave a list empty to take the value above.'
        )}
      </p>
      <div className="jp-mistudio-Lists">
        {schema &&
          LISTS.filter(
            name => name !== 'expansion' && isUsed(schema, form.value, name)
          ).map(name => (
            <NumberList
              key={name}
              form={form}
              name={name}
              title={String(schema.properties?.[name]?.title ?? name)}
              values={plan.lists[name] ?? []}
              onChange={values => {
                form.plan = {
                  ...plan,
                  lists: { ...plan.lists, [name]: values }
                };
              }}
            />
          ))}
      </div>
    </>
  );
}

function Hooks(props: { form: TrainingForm; plan: IPlan }): JSX.Element {
  const trans = useTrans();
  const { form, plan } = props;
  const { hooks } = form;
  // None ticked means all of them; the boxes say so.
  const ticked = plan.hooks.length ? plan.hooks : hooks;
  return (
    <div
      className="jp-mistudio-Checks"
      role="group"
      aria-label={trans.__('Hook points')}
    >
      {hooks.map(hook => (
        <label key={hook} className="jp-mistudio-Check" title={hook}>
          <input
            type="checkbox"
            aria-label={hook}
            checked={ticked.includes(hook)}
            disabled={
              form.isStarting || (ticked.length === 1 && ticked[0] === hook)
            }
            onChange={({ target }) => {
              const next = hooks.filter(each =>
                each === hook ? target.checked : ticked.includes(each)
              );
              form.plan = {
                ...plan,
                hooks: next.length === hooks.length ? [] : next,
                out: null
              };
            }}
          />
          <span className="jp-mistudio-Check-name">{hookWord(hook)}</span>
        </label>
      ))}
    </div>
  );
}

/** A transcoder reads at one hook point and reconstructs another. */
function FromTo(props: { form: TrainingForm; plan: IPlan }): JSX.Element {
  const trans = useTrans();
  const { form, plan } = props;
  const choice = (
    label: string,
    value: string,
    onChange: (hook: string) => void
  ) => (
    <label>
      {label}{' '}
      <select
        className="jp-mod-styled"
        value={value}
        disabled={form.isStarting}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="" />
        {form.hooks.map(hook => (
          <option key={hook} value={hook}>
            {hookWord(hook)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="jp-mistudio-FromTo">
      {choice(trans.__('Reads at'), plan.hooks[0] ?? '', hook => {
        form.plan = { ...plan, hooks: hook ? [hook] : [] };
      })}
      {choice(trans.__('Reconstructs'), plan.out ?? '', out => {
        form.plan = {
          ...plan,
          hooks: plan.hooks.length ? plan.hooks : form.hooks.slice(0, 1),
          out: out || null
        };
      })}
    </div>
  );
}

/** Numbers with commas between, in the range that the schema gives. */
function NumberList(props: {
  form: TrainingForm;
  name: ListName;
  title: string;
  values: readonly number[];
  onChange: (values: number[]) => void;
}): JSX.Element {
  const trans = useTrans();
  const { form, name, values } = props;
  const id = React.useId();
  const [typed, setTyped] = React.useState<string | null>(null);
  const field = withoutNull(form.schema?.properties?.[name] ?? {});
  const wrong = problemOf(typed);
  function problemOf(text: string | null): string | null {
    const numbers = numbersIn(text ?? '');
    const { minimum, maximum } = field as {
      minimum?: number;
      maximum?: number;
    };
    if (numbers === null) {
      return trans.__('Write numbers with commas between.');
    }
    const isOut = numbers.some(
      each =>
        each < (minimum ?? -Infinity) ||
        each > (maximum ?? Infinity) ||
        (field.type === 'integer' && !Number.isInteger(each))
    );
    return isOut
      ? trans.__(
          'Each must be between %1 and %2.',
          measured(minimum),
          measured(maximum)
        )
      : null;
  }
  return (
    <div
      className="jp-mistudio-Field"
      data-wrong={wrong === null ? undefined : ''}
    >
      <label className="jp-mistudio-Field-label" htmlFor={id}>
        {trans.__('Several: %1', props.title)}
      </label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        className="jp-mod-styled"
        placeholder={trans.__('as in 8, 16, 32')}
        value={typed ?? values.join(', ')}
        disabled={form.isStarting}
        onBlur={() => {
          if (wrong === null) {
            setTyped(null);
          }
        }}
        onChange={({ target }) => {
          setTyped(target.value);
          if (problemOf(target.value) === null) {
            props.onChange(numbersIn(target.value)!);
          }
        }}
      />
      {wrong !== null && (
        <div className="jp-mistudio-Field-error" role="alert">
          {wrong}
        </div>
      )}
    </div>
  );
}

/** SAEs that were written one by one: each can be left out, or all chosen anew. */
function Given(props: { form: TrainingForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const { schema } = form;
  return (
    <>
      <table
        className="jp-mistudio-Counts"
        aria-label={trans.__('SAEs of this training')}
      >
        <tbody>
          {form.saes.map((each, at) => {
            const label = trans.__('Leave out number %1', at + 1);
            return (
              <tr key={at}>
                <td>
                  {Object.entries(plain(each))
                    .filter(
                      ([name]) => schema && isUsed(schema, form.value, name)
                    )
                    .map(([name, value]) => `${name} ${value}`)
                    .join(' · ') || trans.__('As above')}
                </td>
                <td>
                  <Button
                    type="button"
                    minimal
                    small
                    title={label}
                    aria-label={label}
                    disabled={form.isStarting || form.saes.length === 1}
                    onClick={() => {
                      form.saes = form.saes.filter((_, other) => other !== at);
                    }}
                  >
                    <closeIcon.react tag="span" />
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <button
        type="button"
        className="jp-mistudio-Link"
        onClick={() => {
          form.saes = [];
        }}
      >
        {trans.__('Choose them anew')}
      </button>
    </>
  );
}
