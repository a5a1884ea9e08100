import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CaptureEstimate } from '../../api/types';
import { duration, exact, measured } from '../../ui/format';
import { Figures, type IFigure } from '../../ui/figures';
import { useTrans } from '../../ui/hooks';
import { EstimateSection, Needed } from '../../ui/making/estimateParts';
import type { CaptureForm } from './captureForm';

/** How many tokens it is, what it would take, and whether it fits. */
export function EstimateView(props: { form: CaptureForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const { estimate, isEstimating, desk } = form;
  const same = estimate?.same ?? null;
  return (
    <EstimateSection isEstimating={isEstimating}>
      {estimate ? (
        <>
          <Figures
            label={trans.__('What it would take')}
            figures={figuresOf(estimate, trans)}
          />
          <Needed
            name={trans.__('Disk')}
            needed={estimate.disk}
            free={estimate.disk_free}
          />
          <Needed
            name={trans.__('Memory')}
            needed={estimate.memory}
            free={estimate.memory_free}
          />
        </>
      ) : (
        isEstimating && <p>{trans.__('Estimating…')}</p>
      )}
      {estimate?.problem && (
        <p className="jp-mistudio-Estimate-problem" role="alert">
          {estimate.problem}
        </p>
      )}
      {same !== null && (
        <div className="jp-mistudio-Estimate-same" role="status">
          <p>
            {trans.__('A capture that is equal to this one is there already.')}
          </p>
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => desk.actions.openId(same)}
          >
            {trans.__('Open it')}
          </button>
        </div>
      )}
    </EstimateSection>
  );
}

function figuresOf(
  estimate: CaptureEstimate,
  trans: TranslationBundle
): IFigure[] {
  const { tokens, hooks, seconds, device, precision } = estimate;
  const missing = estimate.problem ?? undefined;
  return [
    {
      name: trans.__('Tokens, at most'),
      value: tokens === null ? null : exact(tokens),
      title: missing ?? trans.__('Vectors of each hook point.')
    },
    {
      name: trans.__('Hook points'),
      value: hooks.length ? exact(hooks.length) : null,
      title: hooks.length ? hooks.join('\n') : missing
    },
    {
      name: trans.__('Time, about'),
      value: seconds === null ? null : duration(Math.max(1, seconds)),
      title:
        seconds === null
          ? trans.__(
              'This model was not captured from on this device yet, so nobody knows how fast it is.'
            )
          : trans.__(
              'As fast as the latest capture of this model: %1 s.',
              measured(seconds)
            )
    },
    {
      name: trans.__('Device'),
      value: precision === null ? device : `${device} · ${precision}`,
      title: trans.__('Where the model would be, and how its weights are held.')
    }
  ];
}
