import * as React from 'react';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { Marked } from '../../ui/marked';

/** A text of many megabytes is drawn by and by. */
const STEP = 100_000;

export function SampleText(props: {
  text: string;
  search: string;
}): JSX.Element {
  const trans = useTrans();
  const { text, search } = props;
  const [shown, setShown] = React.useState(STEP);
  return (
    <>
      <div className="jp-mistudio-SampleView-text" dir="auto" tabIndex={0}>
        <Marked text={text.slice(0, shown)} search={search} />
      </div>
      {shown < text.length && (
        <p>
          {trans.__('%1 of %2 characters.', exact(shown), exact(text.length))}{' '}
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => setShown(shown + STEP)}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </>
  );
}
