import * as React from 'react';
import { useTrans } from '../hooks';
import type { ObjectActions } from './actions';
import type { IRecord } from './record';

/** Tags and notes, which are its owner's: kept when one leaves the field. */
export function OwnWords<Head extends IRecord, Nested extends IRecord>(props: {
  object: Head | Nested;
  actions: ObjectActions<Head, Nested>;
}): JSX.Element {
  const trans = useTrans();
  const { object, actions } = props;
  const id = React.useId();
  return (
    <div className="jp-mistudio-About-own">
      <label htmlFor={`${id}tags`}>{trans.__('Tags')}</label>
      <Draft
        id={`${id}tags`}
        value={object.tags.join(', ')}
        placeholder={trans.__('words to find it by, with commas between')}
        onSave={text => actions.edit(object, { tags: tagsIn(text) })}
      />
      <label htmlFor={`${id}notes`}>{trans.__('Notes')}</label>
      <Draft
        id={`${id}notes`}
        value={object.notes}
        rows={4}
        maxLength={20000}
        placeholder={trans.__('what you want to remember about it')}
        onSave={notes => actions.edit(object, { notes })}
      />
    </div>
  );
}

export function tagsIn(text: string): string[] {
  const tags = text.split(',').map(tag => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

/** A field that keeps what is typed until the server has it; what others write shows when nobody types. */
function Draft(props: {
  id: string;
  value: string;
  placeholder: string;
  rows?: number;
  maxLength?: number;
  /** Whether it is kept now. */
  onSave: (text: string) => Promise<boolean>;
}): JSX.Element {
  const { value, onSave, rows, ...rest } = props;
  const [text, setText] = React.useState<string | null>(null);
  const common = {
    ...rest,
    className: 'jp-mod-styled',
    value: text ?? value,
    onChange: (event: { target: { value: string } }) =>
      setText(event.target.value),
    onBlur: async () => {
      if (text === null || text === value || (await onSave(text))) {
        // Unless somebody types again by now.
        setText(now => (now === text ? null : now));
      }
    }
  };
  return rows ? <textarea rows={rows} {...common} /> : <input {...common} />;
}
