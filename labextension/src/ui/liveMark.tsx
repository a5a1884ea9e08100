import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { EventStream, StreamState } from '../api/events';
import { TransContext, useSignal, useTrans } from './hooks';

function words(state: StreamState, trans: TranslationBundle): [string, string] {
  switch (state) {
    case 'live':
      return [trans.__('live'), trans.__('Every change shows at once.')];
    case 'polling':
      return [
        trans.__('polling'),
        trans.__(
          'The live connection is down; this panel asks every few seconds and goes back to live by itself.'
        )
      ];
    case 'connecting':
      return [
        trans.__('connecting'),
        trans.__('Waiting for the server’s events.')
      ];
    case 'offline':
      return [
        trans.__('offline'),
        trans.__(
          'The server cannot be reached. What you see is from before; this page reconnects by itself.'
        )
      ];
  }
}

/** Whether what a panel shows is what is. */
export function LiveMark(props: { events: EventStream }): JSX.Element {
  const trans = useTrans();
  const { events } = props;
  const state = useSignal(events.stateChanged, () => events.state);
  const [word, meaning] = words(state, trans);
  const problem = state === 'offline' ? events.problem : null;
  return (
    <span
      className="jp-mistudio-LiveMark"
      data-state={state}
      role="status"
      title={
        problem ? `${meaning}\n${problem.message} ${problem.hint}` : meaning
      }
    >
      <span className="jp-mistudio-LiveMark-dot" aria-hidden />
      {word}
    </span>
  );
}

/** The head of a side panel: its name, and whether it is live. */
export class PanelHead extends ReactWidget {
  constructor(
    private readonly _title: string,
    private readonly _events: EventStream,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-mistudio-PanelHead');
  }

  protected override render(): JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <h2 className="jp-mistudio-PanelHead-title">{this._title}</h2>
        <LiveMark events={this._events} />
      </TransContext.Provider>
    );
  }
}
