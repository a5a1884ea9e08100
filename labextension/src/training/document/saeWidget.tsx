import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Sae } from '../../api/types';
import { Facts, type Fact } from '../../ui/facts';
import { bytes, exact, measured, NONE, timestamp } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { DocumentHead } from '../../ui/objects/documentHead';
import { ObjectDocument } from '../../ui/objects/objectDocument';
import {
  ObjectWidget,
  type IDocumentForm
} from '../../ui/objects/objectWidget';
import { OwnWords } from '../../ui/objects/own';
import type { TrainingDesk } from '../desk';
import { saeIcon } from '../icons';
import { isTraining, type TrainingObject } from '../model';
import { ObjectLink } from '../objectLink';
import { rowActions } from '../rowActions';
import { rowFacts } from '../words';
import { useSources } from './aboutTab';
import type { SaeTab } from './tabNames';

/** One SAE in a document of its own, be it of a training or imported. */
export class SaeDocument extends ObjectDocument<TrainingObject, Sae, SaeTab> {
  constructor(
    override readonly desk: TrainingDesk,
    id: string
  ) {
    super(desk, id, 'about');
  }

  override get object(): Sae | undefined {
    const found = this.desk.model.find(this.id);
    return found && !isTraining(found) ? found : undefined;
  }
}

/** An SAE in the main area. */
export class SaeWidget extends ObjectWidget<
  TrainingObject,
  Sae,
  SaeTab,
  SaeDocument
> {
  constructor(desk: TrainingDesk, sae: string) {
    super(new SaeDocument(desk, sae), formOf(desk.studio.trans));
  }
}

function formOf(
  trans: TranslationBundle
): IDocumentForm<TrainingObject, SaeTab, SaeDocument> {
  return {
    prefix: 'mistudio-sae',
    icon: saeIcon,
    label: trans.__('SAE'),
    captionOf: name => trans.__('SAE %1', name),
    gone: id => trans.__('There is no SAE %1 any more.', id),
    tabs: [['about', trans.__('About')]],
    head: ({ desk }, object) => (
      <DocumentHead
        desk={desk}
        object={object}
        facts={rowFacts(object, trans)}
        actions={() => rowActions(object, desk.actions, trans)}
      />
    ),
    body: document =>
      document.object && <About desk={document.desk} sae={document.object} />
  };
}

function About(props: { desk: TrainingDesk; sae: Sae }): JSX.Element {
  const trans = useTrans();
  const { desk, sae } = props;
  useSources(desk);
  return (
    <div className="jp-mistudio-About">
      <OwnWords key={sae.id} object={sae} actions={desk.actions} />
      <Facts label={trans.__('Facts')} facts={factsOf(sae, desk, trans)} />
    </div>
  );
}

function factsOf(
  sae: Sae,
  desk: TrainingDesk,
  trans: TranslationBundle
): Fact[] {
  const { facts, training, model } = sae;
  return [
    [trans.__('Id'), <code key="id">{sae.id}</code>],
    [trans.__('Created'), timestamp(sae.created)],
    [
      trans.__('Model'),
      model === null ? (
        sae.model_name || NONE
      ) : (
        <ObjectLink key="model" desk={desk} id={model} />
      )
    ],
    [trans.__('Reads at'), sae.hook ?? NONE],
    [trans.__('Reconstructs'), sae.out_hook ?? NONE],
    ...(training === null
      ? ([[trans.__('Format'), sae.format]] satisfies Fact[])
      : ([
          [
            trans.__('Training'),
            <ObjectLink key="training" desk={desk} id={training} />
          ],
          [trans.__('Step'), exact(sae.step)]
        ] satisfies Fact[])),
    ...(facts
      ? ([
          [trans.__('Architecture'), facts.architecture],
          [trans.__('Features'), exact(facts.width)],
          [trans.__('Input'), exact(facts.d_in)],
          [trans.__('Output'), exact(facts.d_out)],
          [
            trans.__('k'),
            exact(facts.k),
            facts.k === null ? trans.__('It works by thresholds.') : undefined
          ],
          [trans.__('FVU'), measured(facts.fvu)],
          [trans.__('L0'), measured(facts.l0)],
          [trans.__('Size'), bytes(facts.bytes)]
        ] satisfies Fact[])
      : [])
  ];
}
