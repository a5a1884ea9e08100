import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { duration, percent } from '../ui/format';
import { runningIcon } from '../ui/icons';
import { StudioWidget } from '../ui/panel';
import type { JobsModel } from './model';

/** What runs just now, in the status bar; opens the list of jobs. */
export class JobsStatus extends StudioWidget {
  constructor(
    private readonly _model: JobsModel,
    trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    super(trans);
    this.addClass('jp-mistudio-Status');
  }

  protected override draw(): JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>{() => this._item()}</UseSignal>
    );
  }

  private _item(): JSX.Element {
    const trans = this.trans;
    const [first, ...others] = this._model.running;
    if (!first) {
      return <></>;
    }
    const { done, total, seconds_left: left } = first.progress;
    const share = percent(done, total);
    const more = others.length ? trans.__('+%1', others.length) : '';
    // Steps of a quarter: a screen reader must not be told of every percent.
    const quarter = total ? Math.floor((4 * done) / total) * 25 : null;
    return (
      <>
        <button
          type="button"
          className="jp-mistudio-Status-button"
          title={
            left === null
              ? trans.__('Open the list of jobs')
              : trans.__('%1 left. Open the list of jobs', duration(left))
          }
          onClick={this._open}
        >
          <runningIcon.react tag="span" className="jp-mistudio-Status-icon" />
          <span className="jp-mistudio-Status-label">{first.label}</span>
          <span className="jp-mistudio-Status-share">{share}</span>
          <span>{more}</span>
        </button>
        <span className="jp-mistudio-forReaders" aria-live="polite">
          {quarter === null
            ? trans.__('%1 runs', first.label)
            : trans.__('%1: %2 %', first.label, quarter)}
        </span>
      </>
    );
  }
}
