import * as React from 'react';

export interface ITabsProps<Tab extends string> {
  /** Names the document in the page. */
  id: string;
  label: string;
  /** Each tab with its word, in order. */
  tabs: readonly (readonly [tab: Tab, word: string])[];
  current: Tab;
  onChange: (tab: Tab) => void;
  /** What the current tab shows. */
  children: React.ReactNode;
}

/** The tabs of a document and what the chosen one shows; arrows walk them. */
export function Tabs<Tab extends string>(props: ITabsProps<Tab>): JSX.Element {
  const { id, tabs, current, onChange } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) {
      return;
    }
    event.preventDefault();
    const at = tabs.findIndex(([tab]) => tab === current);
    const next = (at + step + tabs.length) % tabs.length;
    onChange(tabs[next][0]);
    node.current?.querySelectorAll<HTMLElement>('[role=tab]')[next].focus();
  };
  return (
    <>
      <div
        ref={node}
        className="jp-mistudio-Tabs"
        role="tablist"
        aria-label={props.label}
        onKeyDown={onKeyDown}
      >
        {tabs.map(([tab, word]) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`${id}-tab-${tab}`}
            aria-controls={`${id}-panel`}
            aria-selected={current === tab}
            tabIndex={current === tab ? 0 : -1}
            onClick={() => onChange(tab)}
          >
            {word}
          </button>
        ))}
      </div>
      <div
        // Another tab begins at its top.
        key={current}
        className="jp-mistudio-Document-body"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-tab-${current}`}
      >
        {props.children}
      </div>
    </>
  );
}
