import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TrainEstimate } from '../../api/types';
import { duration, exact, measured } from '../../ui/format';
import { Figures, type IFigure } from '../../ui/figures';
import { useTrans } from '../../ui/hooks';
import { EstimateSection, Needed } from '../../ui/making/estimateParts';
import { Findings } from '../findings';
import type { TrainingForm } from './trainingForm';

/** How long it is, which SAEs it trains, what it would take, and what speaks against it. */
export function EstimateView(props: { form: TrainingForm }): JSX.Element {
  const trans = useTrans();
  const { estimate, isEstimating, isReadable } = props.form;
  const isKnown = estimate !== null && estimate.steps > 0;
  return (
    <EstimateSection isEstimating={isEstimating}>
      {isKnown && (
        <>
          <Figures
            label={trans.__('What it would take')}
            figures={figuresOf(estimate, trans)}
          />
          <Needed
            name={trans.__('Memory')}
            needed={estimate.memory}
            free={estimate.memory_free}
          />
          <Needed
            name={trans.__('Disk')}
            needed={estimate.disk}
            free={estimate.disk_free}
          />
          <h4>
            {trans._n(
              '%1 SAE',
              '%1 SAEs',
              estimate.saes.length,
              exact(estimate.saes.length)
            )}
          </h4>
          <ul
            className="jp-mistudio-Estimate-saes"
            aria-label={trans.__('SAEs')}
          >
            {estimate.saes.map(each => (
              <li key={each}>
                <bdi>{each}</bdi>
              </li>
            ))}
          </ul>
          <Findings findings={estimate.findings} />
        </>
      )}
      {!estimate && isEstimating && <p>{trans.__('Estimating…')}</p>}
      {!isKnown && !isEstimating && !isReadable && (
        <p className="jp-mistudio-faint">
          {trans.__('It is shown once it is chosen what is read.')}
        </p>
      )}
      {estimate?.problem && isReadable && (
        <p className="jp-mistudio-Estimate-problem" role="alert">
          {estimate.problem}
        </p>
      )}
    </EstimateSection>
  );
}

function figuresOf(
  estimate: TrainEstimate,
  trans: TranslationBundle
): IFigure[] {
  const { steps, tokens, rounds, seconds, device } = estimate;
  return [
    { name: trans.__('Steps'), value: exact(steps) },
    { name: trans.__('Tokens'), value: exact(tokens) },
    {
      name: trans.__('Rounds'),
      value: measured(rounds),
      title: trans.__(
        'How often all of it is read through, each time in another order.'
      )
    },
    {
      name: trans.__('Time, about'),
      value: seconds === null ? null : duration(Math.max(1, seconds)),
      title:
        seconds === null
          ? trans.__(
              'Nothing like it was trained on this device yet, so nobody knows how fast it is.'
            )
          : trans.__('As fast as earlier trainings of this size.')
    },
    { name: trans.__('Device'), value: device }
  ];
}
