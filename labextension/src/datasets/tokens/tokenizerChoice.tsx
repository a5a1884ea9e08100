import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Model, Tokenization } from '../../api/types';
import { useTrans } from '../../ui/hooks';

/** A tokenizer that was used before, that of a model, or one that the form asks for. */
export function TokenizerChoice(props: {
  tokenizations: readonly Tokenization[];
  /** Those that are ready and have one. */
  models: readonly Model[];
  /** The id of a tokenization or model, or anything else for a tokenizer that is named otherwise. */
  value: string;
  disabled: boolean;
  onChange: (tokenizer: string | undefined) => void;
}): JSX.Element | null {
  const trans = useTrans();
  const id = React.useId();
  // Each tokenizer once, by the newest that it was used for.
  const used = new Map(
    [...props.tokenizations]
      .sort((a, b) => a.created - b.created)
      .map(each => [each.tokenizer.fingerprint ?? each.id, each])
  );
  const { models, value } = props;
  if (!used.size && !models.length && !isObject(value)) {
    return null;
  }
  const chosen = props.tokenizations.find(each => each.id === value);
  const isListed = [...used.values()].some(each => each.id === value);
  return (
    <div className="jp-mistudio-Field">
      <label className="jp-mistudio-Field-label" htmlFor={id}>
        {trans.__('Whose tokenizer')}
      </label>
      <HTMLSelect
        id={id}
        value={isObject(value) ? value : ''}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.value || undefined)}
      >
        <option value="">{trans.__('in a folder, or of the hub')}</option>
        {chosen && !isListed && (
          <option value={chosen.id}>
            {trans.__('that of “%1”', chosen.name)}
          </option>
        )}
        {[...used.values()].map(each => (
          <option key={each.id} value={each.id}>
            {trans.__('%1, as in “%2”', each.tokenizer.name, each.name)}
          </option>
        ))}
        {value.startsWith('md_') && !models.some(each => each.id === value) && (
          <option value={value}>{trans.__('of the model %1', value)}</option>
        )}
        {models.map(each => (
          <option key={each.id} value={each.id}>
            {trans.__('of the model “%1”', each.name)}
          </option>
        ))}
      </HTMLSelect>
    </div>
  );
}

/** Whether a tokenizer is named by what has it here, not by where it lies. */
export function isObject(tokenizer: unknown): tokenizer is string {
  return typeof tokenizer === 'string' && /^(tk|md)_/.test(tokenizer);
}
