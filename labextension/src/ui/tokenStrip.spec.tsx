import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import type { TokenPiece } from '../api/types';
import { textParts } from './tokenText';
import { TokenStrip } from './tokenStrip';

const LABEL = 'Tokens';
const piece = (
  text: string,
  kind: TokenPiece['kind'] = 'text',
  id = 7
): TokenPiece => ({
  id,
  token: text,
  text,
  kind
});

describe('a strip of tokens', () => {
  it('marks what has no look of its own', () => {
    const { container } = render(
      <TokenStrip
        label={LABEL}
        tokens={[piece(' the'), piece('a\tb'), piece('end\n'), piece('\u202e')]}
      />
    );
    const shown = Array.from(container.querySelectorAll('[role=listitem]')).map(
      each => each.textContent
    );
    expect(shown).toEqual(['·the', 'a→b', 'end↵', 'U+202E']);
    expect(container.querySelectorAll('br')).toHaveLength(1);
  });

  it('shows hostile tokens as text and nothing else', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const { container } = render(
      <TokenStrip
        label={LABEL}
        tokens={[piece(evil), piece(evil, 'special')]}
      />
    );
    expect(container.querySelector('img')).toBeNull();
    expect(container.querySelectorAll('[data-kind=special]')).toHaveLength(1);
    expect(screen.getAllByRole('listitem')[1].textContent).toBe(
      evil.replace(' ', ' ')
    );
  });

  it('tells id and place of the token with the focus, and is walked by arrows', () => {
    const { container } = render(
      <TokenStrip
        label={LABEL}
        tokens={[piece('a', 'text', 11), piece('b', 'text', 22)]}
      />
    );
    const [first, second] = screen.getAllByRole('listitem');
    expect([first.tabIndex, second.tabIndex]).toEqual([0, -1]);
    act(() => first.focus());
    fireEvent.keyDown(first, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(second);
    const told = container.querySelector('[aria-live]')?.textContent;
    expect(told).toContain('Token 2 of 2');
    expect(told).toContain('id 22');
    fireEvent.mouseOver(first);
    expect(container.querySelector('[aria-live]')?.textContent).toContain(
      'id 11'
    );
  });
});

describe('the parts of a text', () => {
  it('together are the text, whatever is in it', () => {
    const text = 'a b\r\nc\u00a0\u200d😀\ufeff';
    expect(textParts(text).map(part => part.kind)).toEqual([
      'plain',
      'mark',
      'plain',
      'break',
      'plain',
      'mark',
      'mark',
      'plain',
      'mark'
    ]);
  });
});
