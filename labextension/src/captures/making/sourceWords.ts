// Models and texts as the form for a new capture lists them.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Model, Tokenization } from '../../api/types';
import { layoutWords } from '../../datasets/words';
import { exact, short } from '../../ui/format';
import type { Sources } from '../sources';
import { isOwn, modelBlocked, textBlocked } from './fitting';
import type { ISource } from './sourceChoice';

export function modelSource(model: Model, trans: TranslationBundle): ISource {
  const { facts } = model;
  return {
    id: model.id,
    name: model.name,
    blocked: modelBlocked(model, trans),
    detail: facts
      ? [
          trans.__('%1 parameters', short(facts.parameters)),
          trans._n('%2 layer', '%2 layers', facts.layers, exact(facts.layers)),
          trans.__('hidden size %1', exact(facts.hidden_size)),
          model.precision
        ].join(' · ')
      : ''
  };
}

export function textSource(
  tokenization: Tokenization,
  sources: Sources,
  model: Model | undefined,
  trans: TranslationBundle
): ISource {
  const { facts, parent } = tokenization;
  const dataset = sources.dataset(parent)?.name ?? parent;
  return {
    id: tokenization.id,
    name: trans.__('%1: %2', dataset, tokenization.name),
    blocked: textBlocked(tokenization, model, trans),
    detail: facts
      ? [
          trans.__('%1 tokens', short(facts.tokens)),
          layoutWords(tokenization, trans)
        ].join(' · ')
      : '',
    warning:
      isOwn(tokenization, model) === false
        ? trans.__(
            'Cut by another tokenizer than this model’s: its ids may mean other words.'
          )
        : null
  };
}

/** Those that can be chosen first, in the order that they have. */
export function choosableFirst(sources: readonly ISource[]): ISource[] {
  return [
    ...sources.filter(each => each.blocked === null),
    ...sources.filter(each => each.blocked !== null)
  ];
}
