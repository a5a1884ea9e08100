import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Training } from '../../api/types';
import { Figures, type IFigure } from '../../ui/figures';
import { bytes, duration, measured, rate, share } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import type { IRowAction } from '../../ui/objectRow';
import { DocumentHead } from '../../ui/objects/documentHead';
import { handoffActions } from '../../ui/objects/rowActions';
import { progressOf, workOf } from '../../ui/objects/words';
import { stageWords } from '../../ui/progressLine';
import { targetOf } from '../curves/target';
import { checkpointIcon, trainCodeIcon } from '../icons';
import { endedActions, runActions } from '../rowActions';
import {
  controlOf,
  hookWord,
  latestOf,
  rangeWord,
  type IRange
} from '../words';
import type { TrainingDocument } from './documentModel';

/** The training's name and state, what can be done with it, and the numbers that matter. */
export function TrainingHead(props: {
  document: TrainingDocument;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { training, document } = props;
  const { desk } = document;
  const { actions } = desk;
  const isRunning = workOf(training)?.state === 'running';
  const progress = progressOf(training);
  const checkpoint: IRowAction = {
    id: 'checkpoint',
    label: trans.__('Save a checkpoint now'),
    icon: checkpointIcon,
    run: () => void actions.checkpoint(training)
  };
  return (
    <>
      <DocumentHead
        desk={desk}
        object={training}
        facts={[
          training.architecture,
          training.target === 'autoencode' ? '' : training.target,
          training.hooks.map(hookWord).join(', '),
          progress ? stageWords(progress, trans) : '',
          training.facts?.stop_reason ?? ''
        ]}
        actions={() => [
          ...runActions(training, actions, trans),
          ...(isRunning ? [checkpoint] : []),
          ...endedActions(training, actions, trans),
          ...handoffActions(training, actions, trans),
          {
            id: 'train-code',
            label: trans.__('Copy as Code that Trains It'),
            icon: trainCodeIcon,
            run: () => actions.copyCode(training)
          }
        ]}
      />
      <div className="jp-mistudio-TrainingHead-figures">
        <Figures
          label={trans.__('Latest numbers')}
          figures={figuresOf(training, trans)}
        />
      </div>
    </>
  );
}

function figuresOf(training: Training, trans: TranslationBundle): IFigure[] {
  const { fvu, l0, dead, lossRecovered, isOfBatch } = latestOf(training);
  const control = controlOf(training);
  const target = targetOf(training);
  const work = workOf(training);
  const progress = progressOf(training);
  const isRunning = work?.state === 'running';
  const several = (training.facts?.saes.length ?? 1) > 1;
  const hasEnded = training.state === 'ready' && !work;
  const none = hasEnded
    ? trans.__('It was not measured: that takes text that is held out.')
    : trans.__('Nothing was measured yet.');
  // The model was run with it, and there was nothing that it could have recovered.
  const isUnharmed = training.facts?.saes.some(
    each => each.evaluation?.ce_clean != null
  );
  const title = [
    ...(several ? [trans.__('The lowest and the highest of all SAEs.')] : []),
    ...(isOfBatch
      ? [
          trans.__(
            'Of the last batch that it learned from: it was not measured on held-out text.'
          )
        ]
      : [])
  ].join(' ');
  const figure = (
    name: string,
    value: IRange | null,
    word: (value: number) => string,
    untrained: IRange | null = null,
    why = none
  ): IFigure => ({
    name,
    value: value === null ? null : rangeWord(value, word),
    title: value === null ? why : title || undefined,
    beside:
      value !== null && isOfBatch
        ? trans.__('last batch')
        : untrained === null || isRunning
          ? null
          : trans.__('untrained: %1', rangeWord(untrained, word))
  });
  const figures = [
    figure(trans.__('FVU'), fvu, measured, control.fvu),
    figure(trans.__('L0'), l0, value =>
      target === null
        ? measured(value)
        : trans.__('%1 (target %2)', measured(value), measured(target))
    ),
    figure(trans.__('Dead'), dead, share, control.dead),
    figure(
      trans.__('Loss recovered'),
      lossRecovered,
      share,
      control.lossRecovered,
      isUnharmed
        ? trans.__(
            'On this text the model is hardly worse without what is read there: there is no loss to recover.'
          )
        : none
    )
  ];
  if (!isRunning) {
    return figures;
  }
  const tokens = progress?.figures?.tokens_per_second ?? null;
  return [
    ...figures,
    {
      name: trans.__('Speed'),
      value: tokens === null ? null : rate(tokens, trans.__('tok')),
      title: none
    },
    {
      name: trans.__('Memory'),
      value: work.memory === null ? null : bytes(work.memory),
      title: trans.__('Of the worker that trains it.')
    },
    {
      name: trans.__('Time left'),
      value:
        progress?.seconds_left == null ? null : duration(progress.seconds_left),
      title: trans.__('At the speed that it has now.')
    }
  ];
}
