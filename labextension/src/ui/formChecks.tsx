import type { WidgetProps } from '@rjsf/utils';
import * as React from 'react';
import type { IChoice } from './formSchema';
import { useTrans } from './hooks';

/** A list out of what is known: boxes to tick, in the order that the list shall have. */
export function Checks(props: WidgetProps): JSX.Element {
  const trans = useTrans();
  const ticked = Array.isArray(props.value) ? (props.value as string[]) : [];
  const known = (props.options.choices ?? []) as readonly IChoice[];
  const names = known.map(each => each.value);
  const choices: readonly IChoice[] = [
    ...known,
    // Ticked for another source, and not there in this one: it can be taken away.
    ...ticked
      .filter(each => !names.includes(each))
      .map(value => ({ value, detail: trans.__('is not there') }))
  ];
  const toggle = (value: string) =>
    props.onChange(
      ticked.includes(value)
        ? ticked.filter(each => each !== value)
        : [...ticked, value]
    );
  return (
    <div
      className="jp-mistudio-Checks"
      role="group"
      aria-labelledby={`${props.id}__label`}
    >
      {choices.map((choice, at) => {
        const place = ticked.indexOf(choice.value) + 1;
        const isBlocked = choice.blocked !== undefined && place === 0;
        const detail = `${props.id}__${at}`;
        return (
          <label
            key={at}
            className="jp-mistudio-Check"
            title={choice.blocked}
            data-blocked={isBlocked ? '' : undefined}
          >
            <input
              type="checkbox"
              aria-label={choice.value}
              aria-describedby={detail}
              checked={place > 0}
              disabled={props.disabled || props.readonly || isBlocked}
              onChange={() => toggle(choice.value)}
            />
            <span className="jp-mistudio-Check-name">{choice.value}</span>
            <span className="jp-mistudio-Check-detail" id={detail}>
              {choice.detail}
            </span>
            {place > 0 && ticked.length > 1 && (
              <span
                className="jp-mistudio-Check-place"
                title={trans.__('Number %1 of those ticked', place)}
              >
                {place}
              </span>
            )}
          </label>
        );
      })}
    </div>
  );
}
