import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ApiError } from '../../api/errors';
import type { AddDataset } from '../../api/types';
import { useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { samples } from '../words';

export interface IPasted {
  name: string;
  text: string;
  by: AddDataset['sample_by'];
}

/** The samples in a pasted text. */
export function cut(text: string, by: IPasted['by']): string[] {
  const unified = text.replace(/\r\n?/g, '\n');
  if (by === 'document') {
    return unified.trim() ? [unified] : [];
  }
  const parts = unified.split(
    by === 'line' ? '\n' : /\n[^\S\n]*(?:\n[^\S\n]*)+/
  );
  return parts.filter(part => part.trim());
}

export function PasteForm(props: {
  value: IPasted;
  error: ApiError | null;
  onChange: (value: IPasted) => void;
}): JSX.Element {
  const trans = useTrans();
  const { value, error, onChange } = props;
  const id = React.useId();
  return (
    <div className="jp-mistudio-PasteForm">
      <label htmlFor={`${id}text`}>{trans.__('Texts')}</label>
      <textarea
        id={`${id}text`}
        className="jp-mod-styled"
        rows={8}
        value={value.text}
        onChange={event => onChange({ ...value, text: event.target.value })}
      />
      <label htmlFor={`${id}by`}>{trans.__('One sample is')}</label>
      <HTMLSelect
        id={`${id}by`}
        value={value.by}
        onChange={event =>
          onChange({ ...value, by: event.target.value as IPasted['by'] })
        }
      >
        <option value="line">{trans.__('a line')}</option>
        <option value="paragraph">{trans.__('a paragraph')}</option>
        <option value="document">{trans.__('the whole text')}</option>
      </HTMLSelect>
      <label htmlFor={`${id}name`}>{trans.__('Name')}</label>
      <input
        id={`${id}name`}
        className="jp-mod-styled"
        maxLength={200}
        value={value.name}
        onChange={event => onChange({ ...value, name: event.target.value })}
      />
      <p role="status">{samples(cut(value.text, value.by).length, trans)}</p>
      {error && <ErrorNote error={error} />}
    </div>
  );
}

export namespace PasteForm {
  export function params(value: IPasted): Partial<AddDataset> {
    const name = value.name.trim();
    return { texts: cut(value.text, value.by), ...(name ? { name } : {}) };
  }
}
