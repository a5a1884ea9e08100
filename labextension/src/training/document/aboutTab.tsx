import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Training } from '../../api/types';
import { Facts, type Fact } from '../../ui/facts';
import { duration, exact, timestamp } from '../../ui/format';
import { useSignal, useTrans } from '../../ui/hooks';
import { OwnWords } from '../../ui/objects/own';
import type { TrainingDesk } from '../desk';
import { ObjectLink } from '../objectLink';
import type { TrainingDocument } from './documentModel';

/** Where it is from, what it took, and what its owner wrote about it. */
export function AboutTab(props: {
  document: TrainingDocument;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { training } = props;
  const { desk } = props.document;
  useSources(desk);
  return (
    <div className="jp-mistudio-About">
      <OwnWords key={training.id} object={training} actions={desk.actions} />
      <Facts label={trans.__('Facts')} facts={factsOf(training, desk, trans)} />
    </div>
  );
}

/** The names of what it was made of. */
export function useSources({ sources }: TrainingDesk): void {
  React.useEffect(() => {
    const watcher = {};
    sources.setWatching(watcher, true);
    return () => sources.setWatching(watcher, false);
  }, [sources]);
  useSignal(sources.changed, () => null);
}

function factsOf(
  training: Training,
  desk: TrainingDesk,
  trans: TranslationBundle
): Fact[] {
  const { facts } = training;
  const link = (id: string) => <ObjectLink key={id} desk={desk} id={id} />;
  return [
    [trans.__('Id'), <code key="id">{training.id}</code>],
    [trans.__('Created'), timestamp(training.created)],
    [trans.__('Model'), link(training.model)],
    [
      trans.__('Reads'),
      training.sources.map(source => {
        const id = 'capture' in source ? source.capture : source.tokenization;
        return (
          <div key={id}>
            {link(id)}
            {facts?.mix[id] !== undefined &&
              ` · ${trans.__('%1 tokens read', exact(facts.mix[id]))}`}
          </div>
        );
      })
    ],
    ...(training.start_from === null
      ? []
      : [[trans.__('Start from'), training.start_from] as const]),
    ...(facts
      ? ([
          [
            trans.__('Steps'),
            trans.__('%1 of %2', exact(facts.step), exact(facts.steps))
          ],
          [trans.__('Tokens'), exact(facts.tokens)],
          [
            trans.__('Time'),
            duration(facts.seconds),
            trans.__('Spent on training, in all tries.')
          ],
          ...(facts.stop_reason === null
            ? []
            : [[trans.__('Stopped'), facts.stop_reason] as const]),
          [trans.__('Device'), facts.device],
          [trans.__('Threads'), exact(facts.threads)],
          [
            trans.__('Micro-batch'),
            trans.__('%1 tokens', exact(facts.micro_batch))
          ],
          [trans.__('Parameters of all SAEs'), exact(facts.parameters)]
        ] satisfies Fact[])
      : [])
  ];
}
