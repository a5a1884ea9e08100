import * as React from 'react';
import { textParts } from './tokenText';

/** What has no look of its own is named; blanks and line ends only where they matter. */
export function Seen(props: {
  text: string;
  withMarks?: boolean;
}): JSX.Element {
  return (
    <>
      {textParts(props.text).map((part, at) => {
        if (part.kind === 'plain') {
          return part.text;
        }
        if (part.kind === 'break') {
          return (
            <React.Fragment key={at}>
              {props.withMarks && (
                <span className="jp-mistudio-Token-mark">{part.text}</span>
              )}
              {'\n'}
            </React.Fragment>
          );
        }
        return part.text === '·' && !props.withMarks ? (
          ' '
        ) : (
          <span key={at} className="jp-mistudio-Token-mark" title={part.name}>
            {part.text}
          </span>
        );
      })}
    </>
  );
}
