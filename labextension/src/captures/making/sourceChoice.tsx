import * as React from 'react';

/** One thing that a capture can be made of. */
export interface ISource {
  id: string;
  name: string;
  detail: string;
  /** Why it cannot be chosen; it is shown all the same. */
  blocked: string | null;
  /** What one should know before choosing it. */
  warning?: string | null;
}

/** One of the models, or of the texts: each with what tells it from the others, or why it is none to choose. */
export function SourceChoice(props: {
  label: string;
  sources: readonly ISource[];
  value: unknown;
  disabled: boolean;
  onChange: (id: string) => void;
}): JSX.Element {
  const { label, sources, value } = props;
  const name = React.useId();
  return (
    <div
      className="jp-mistudio-SourceChoice"
      role="radiogroup"
      aria-label={label}
    >
      {sources.map((each, at) => (
        <label
          key={each.id}
          className="jp-mistudio-Source"
          data-blocked={each.blocked === null ? undefined : ''}
        >
          <input
            type="radio"
            name={name}
            aria-label={each.name}
            aria-describedby={`${name}${at}`}
            checked={each.id === value}
            disabled={props.disabled || each.blocked !== null}
            onChange={() => props.onChange(each.id)}
          />
          <span className="jp-mistudio-Source-words">
            <span className="jp-mistudio-Source-name" title={each.name}>
              <bdi>{each.name}</bdi>
            </span>
            <span className="jp-mistudio-Source-detail" id={`${name}${at}`}>
              {each.blocked ?? each.detail}
              {each.blocked === null && each.warning && (
                <span className="jp-mistudio-Source-warning">
                  {each.warning}
                </span>
              )}
            </span>
          </span>
        </label>
      ))}
    </div>
  );
}
