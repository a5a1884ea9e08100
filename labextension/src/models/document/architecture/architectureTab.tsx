import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ModelFacts } from '../../../api/types';
import { Figures, type IFigure } from '../../../ui/figures';
import { bytes, exact, measured, short } from '../../../ui/format';
import { useModel, useTrans } from '../../../ui/hooks';
import { ErrorNote } from '../../../ui/notes';
import type { ModelDocument } from '../documentModel';
import { NotReady } from '../notReady';
import { HookDetails, MissingHooks } from './hookDetails';
import { Stack } from './stack';

/** A model of more bytes is not loaded just because somebody looks. */
const LIGHT = 4e9;

/** How the model is built, and where it can be read. */
export function ArchitectureTab(props: {
  document: ModelDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const hookPoints = useModel(document.hookPoints);
  const { object: model } = document;
  const facts = model?.state === 'ready' ? model.facts : null;
  const isLight = facts !== null && facts.bytes <= LIGHT;
  React.useEffect(() => {
    if (isLight) {
      hookPoints.want();
    }
  }, [hookPoints, isLight]);
  const { value: points, error, isBusy } = hookPoints;
  React.useEffect(() => {
    if (points) {
      document.wantSaes();
    }
  }, [document, points]);
  if (!model) {
    return null;
  }
  if (!facts) {
    return <NotReady model={model} />;
  }
  return (
    <div className="jp-mistudio-Architecture">
      <Figures label={trans.__('Counts')} figures={figuresOf(facts, trans)} />
      <div className="jp-mistudio-Architecture-body">
        <Stack document={document} facts={facts} />
        <div className="jp-mistudio-Architecture-side">
          {isBusy && (
            <p role="status">
              {trans.__(
                'The hook points are measured on the loaded model; that is done once.'
              )}
            </p>
          )}
          {error && (
            <ErrorNote
              error={error}
              action={{
                label: trans.__('Try again'),
                run: () => void hookPoints.ask()
              }}
            />
          )}
          {!points && !isBusy && !error && (
            <>
              <p>
                {trans.__(
                  'To see its hook points, the model is loaded once (%1 of files).',
                  bytes(facts.bytes)
                )}
              </p>
              <Button
                className="jp-mod-styled"
                onClick={() => void hookPoints.ask()}
              >
                {trans.__('Show the hook points')}
              </Button>
            </>
          )}
          {points && (
            <>
              <HookDetails document={document} points={points} />
              <MissingHooks points={points} />
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function figuresOf(facts: ModelFacts, trans: TranslationBundle): IFigure[] {
  const shared = facts.key_value_heads;
  const count = (
    name: string,
    value: number | null,
    missing: string
  ): IFigure => ({
    name,
    value: value === null ? null : exact(value),
    title: value === null ? missing : undefined
  });
  const unnamed = trans.__('Its configuration names none.');
  const list: IFigure[] = [
    {
      name: trans.__('parameters'),
      value: short(facts.parameters),
      title: exact(facts.parameters)
    },
    {
      name: trans.__('a layer'),
      value: short(facts.layer_parameters),
      title: trans.__('%1 parameters', exact(facts.layer_parameters))
    },
    count(trans.__('layers'), facts.layers, ''),
    count(trans.__('hidden size'), facts.hidden_size, ''),
    count(trans.__('heads'), facts.heads, unnamed),
    count(trans.__('key-value heads'), shared, unnamed),
    count(trans.__('vocabulary'), facts.vocabulary, ''),
    count(trans.__('context'), facts.context, unnamed),
    {
      name: trans.__('MLP ratio'),
      value: facts.mlp_ratio === null ? null : measured(facts.mlp_ratio),
      title:
        facts.mlp_ratio === null
          ? unnamed
          : trans.__('Width of the MLP by the hidden size')
    },
    {
      name: trans.__('embeddings'),
      value: facts.tied_embeddings ? trans.__('tied') : trans.__('apart'),
      title: facts.tied_embeddings
        ? trans.__('The unembedding has the embedding’s weights.')
        : trans.__('The unembedding has weights of its own.')
    }
  ];
  if (facts.experts !== null) {
    list.push(count(trans.__('experts a layer'), facts.experts, ''));
  }
  return list;
}
