import * as React from 'react';
import type { TokenPiece } from '../api/types';
import { exact } from './format';
import { useTrans } from './hooks';
import { RoleLegend, roleWord } from './tokenRoles';
import { spelled, textParts } from './tokenText';

/** A text as its tokens: each in its bounds, with its id on hover and focus. */
export function TokenStrip(props: {
  tokens: readonly TokenPiece[];
  label: string;
  /** Of a conversation, whose each token is. */
  roles?: readonly number[] | null;
}): JSX.Element {
  const { tokens, label, roles = null } = props;
  const [focused, setFocused] = React.useState(0);
  const [told, setTold] = React.useState<number | null>(null);
  const node = React.useRef<HTMLDivElement>(null);
  const current = Math.min(focused, Math.max(0, tokens.length - 1));

  const onKeyDown = (event: React.KeyboardEvent) => {
    const next = nextIndex(event.key, indexOf(event.target), tokens.length);
    if (next !== null) {
      event.preventDefault();
      node.current
        ?.querySelector<HTMLElement>(`[data-index="${next}"]`)
        ?.focus();
    }
  };

  return (
    <div className="jp-mistudio-TokenStrip">
      {roles && <RoleLegend roles={roles} />}
      <div
        ref={node}
        className="jp-mistudio-TokenStrip-tokens"
        role="list"
        aria-label={label}
        onKeyDown={onKeyDown}
        onMouseOver={event => setTold(indexOf(event.target))}
        onMouseLeave={() => setTold(null)}
        onFocus={event => {
          const index = indexOf(event.target);
          setTold(index);
          setFocused(index ?? 0);
        }}
        onBlur={() => setTold(null)}
      >
        <Tokens tokens={tokens} roles={roles} current={current} />
      </div>
      <Told
        token={told === null ? undefined : tokens[told]}
        index={told}
        role={told === null ? undefined : roles?.[told]}
        count={tokens.length}
      />
    </div>
  );
}

/** Apart from what the pointer does, so that moving it draws no token again. */
const Tokens = React.memo(function Tokens(props: {
  tokens: readonly TokenPiece[];
  roles: readonly number[] | null;
  current: number;
}): JSX.Element {
  return (
    <>
      {props.tokens.map((token, index) => (
        <Token
          key={index}
          token={token}
          index={index}
          role={props.roles?.[index]}
          isCurrent={index === props.current}
        />
      ))}
    </>
  );
});

const Token = React.memo(function Token(props: {
  token: TokenPiece;
  index: number;
  role?: number;
  isCurrent: boolean;
}): JSX.Element {
  const { token, index } = props;
  return (
    <span
      className="jp-mistudio-Token"
      role="listitem"
      data-kind={token.kind}
      data-index={index}
      data-role={props.role}
      tabIndex={props.isCurrent ? 0 : -1}
      title={`${spelled(token.token)} · ${token.id}`}
    >
      <Look token={token} />
    </span>
  );
});

/** One token alone, as it looks in a strip. */
export function TokenChip(props: { token: TokenPiece }): JSX.Element {
  const { token } = props;
  return (
    <span
      className="jp-mistudio-Token"
      data-kind={token.kind}
      title={`${spelled(token.token)} · ${token.id}`}
    >
      <Look token={token} />
    </span>
  );
}

function Look({ token }: { token: TokenPiece }): JSX.Element {
  return token.kind === 'text' ? (
    <Parts text={token.text} />
  ) : (
    <>{spelled(token.text || token.token)}</>
  );
}

function Parts(props: { text: string }): JSX.Element {
  return (
    <>
      {textParts(props.text).map((part, at) => {
        switch (part.kind) {
          case 'plain':
            return part.text;
          case 'mark':
            return (
              <span
                key={at}
                className="jp-mistudio-Token-mark"
                title={part.name}
              >
                {part.text}
              </span>
            );
          case 'break':
            return (
              <span key={at} className="jp-mistudio-Token-mark">
                {part.text}
                <br />
              </span>
            );
        }
      })}
    </>
  );
}

/** What is under the pointer or has the focus; keeps its place while there is nothing. */
function Told(props: {
  token?: TokenPiece;
  index: number | null;
  role?: number;
  count: number;
}): JSX.Element {
  const trans = useTrans();
  const { token, index, role, count } = props;
  return (
    <div className="jp-mistudio-TokenStrip-told" aria-live="polite">
      {token && index !== null ? (
        <>
          {trans.__('Token %1 of %2', exact(index + 1), exact(count))}
          <bdi className="jp-mistudio-TokenStrip-spelling">
            {spelled(token.token)}
          </bdi>
          {trans.__('id %1', String(token.id))}
          {role !== undefined && <span>{roleWord(role, trans)}</span>}
        </>
      ) : (
        trans.__('Point at a token for its id.')
      )}
    </div>
  );
}

function indexOf(target: EventTarget): number | null {
  const token =
    target instanceof Element
      ? target.closest<HTMLElement>('[data-index]')
      : null;
  return token ? Number(token.dataset.index) : null;
}

function nextIndex(
  key: string,
  index: number | null,
  count: number
): number | null {
  if (index === null) {
    return null;
  }
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(index + 1, count - 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
