// Which texts a model can read. The server has the last word; here it is known before anybody asks.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Model, Tokenization } from '../../api/types';
import { exact } from '../../ui/format';

/** Why a model cannot be captured from. */
export function modelBlocked(
  model: Model,
  trans: TranslationBundle
): string | null {
  return model.state === 'ready' && model.facts
    ? null
    : (model.reason ?? trans.__('It is not ready yet.'));
}

/** Why a model cannot read a tokenization. */
export function textBlocked(
  { state, reason, facts, max_length: length }: Tokenization,
  model: Model | undefined,
  trans: TranslationBundle
): string | null {
  if (state !== 'ready' || !facts) {
    return reason ?? trans.__('It is not ready yet.');
  }
  if (!model?.facts) {
    return null;
  }
  const { vocabulary, context } = model.facts;
  if (facts.largest_id !== null && facts.largest_id >= vocabulary) {
    return trans.__(
      'It has token ids up to %1, and %2 knows only %3 tokens: the tokenizer is not this model’s.',
      exact(facts.largest_id),
      model.name,
      exact(vocabulary)
    );
  }
  const longest = facts.longest ?? length;
  if (context !== null && longest > context) {
    return trans.__(
      'It has blocks of up to %1 tokens, and %2 reads %3 at the most.',
      exact(longest),
      model.name,
      exact(context)
    );
  }
  return null;
}

/** Whether it was cut by the model's own tokenizer; null where that cannot be told. */
export function isOwn(
  { tokenizer }: Tokenization,
  model: Model | undefined
): boolean | null {
  const own = model?.facts?.tokenizer ?? null;
  return own === null || tokenizer.fingerprint === null
    ? null
    : own === tokenizer.fingerprint;
}

/** The newest one that a model reads with its own tokenizer. */
export function bestTokenization(
  tokenizations: readonly Tokenization[],
  model: Model,
  trans: TranslationBundle
): Tokenization | undefined {
  return [...tokenizations]
    .sort((a, b) => b.created - a.created)
    .find(
      each => isOwn(each, model) && textBlocked(each, model, trans) === null
    );
}
