import * as React from 'react';

/** A text with the places marked where something was found. */
export function Marked(props: { text: string; search: string }): JSX.Element {
  return (
    <>
      {hits(props.text, props.search).map((part, at) =>
        // Every second part is a hit.
        at % 2 ? <mark key={at}>{part}</mark> : part
      )}
    </>
  );
}

/** The text cut at each hit; small and capital letters are equal. */
export function hits(text: string, search: string): string[] {
  if (!search) {
    return [text];
  }
  const literal = search.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return text.split(new RegExp(`(${literal})`, 'giu'));
}
