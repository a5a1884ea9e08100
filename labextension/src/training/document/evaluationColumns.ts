// What is told of an evaluation, in which words, and over what. No React here.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Evaluation } from '../../api/types';
import { exact, measured, share } from '../../ui/format';

/** An evaluation, or as much of it as an untrained SAE has. */
export type Told = Partial<Evaluation>;

export interface IColumn {
  name: string;
  help: string;
  /** Null: there is no such number, for a reason that `why` gives. */
  of: (found: Told) => string | null;
  /** The count that it was taken over. */
  over: 'tokens' | 'effect_tokens';
  why?: (found: Told) => string | null;
  isText?: boolean;
}

type Name = {
  [Key in keyof Evaluation]-?: Evaluation[Key] extends number | null
    ? Key
    : never;
}[keyof Evaluation];

/** Those that any of these has; definitions are in docs/metrics.md. */
export function columnsOf(
  all: readonly Evaluation[],
  trans: TranslationBundle
): IColumn[] {
  const number = (
    name: string,
    key: Name,
    help: string,
    more: Partial<IColumn> & { word?: (value: number) => string } = {}
  ): IColumn => {
    const { word = measured, ...rest } = more;
    return {
      name,
      help,
      over: 'tokens',
      of: found => (found[key] == null ? null : word(found[key])),
      ...rest
    };
  };
  const ofModel: Partial<IColumn> = {
    over: 'effect_tokens',
    why: ({ effect_tokens: tokens, ce_clean: clean }) =>
      tokens === 0
        ? trans.__('The model was not run with it.')
        : clean != null
          ? trans.__(
              'On this text the model is hardly worse without what is read there: there is nothing to recover.'
            )
          : null
  };
  const isTranscoder = all.some(each => each.affine_fvu != null);
  const hasPrefixes = all.some(each => each.prefix_fvu?.length);
  return [
    number(
      trans.__('CE increase'),
      'ce_increase',
      trans.__(
        'By how much the model predicts the text worse with the SAE in the place of the hook point, in nats a token.'
      ),
      ofModel
    ),
    number(
      trans.__('Loss recovered'),
      'loss_recovered',
      trans.__('Of what zeros in its place would cost.'),
      { ...ofModel, word: share }
    ),
    number(
      trans.__('… against the mean'),
      'loss_recovered_mean',
      trans.__('Of what the mean in its place would cost.'),
      { ...ofModel, word: share }
    ),
    number(
      trans.__('KL score'),
      'kl_score',
      trans.__('1 − KL / KL with zeros.'),
      ofModel
    ),
    number(
      trans.__('FVU'),
      'fvu',
      trans.__('Share of the variance that is not explained.')
    ),
    ...(isTranscoder
      ? [
          number(
            trans.__('Affine FVU'),
            'affine_fvu',
            trans.__(
              'FVU of the best straight map from input to output: what needs no features.'
            )
          )
        ]
      : []),
    ...(hasPrefixes ? [prefixColumn(trans)] : []),
    number(
      trans.__('Whitened FVU'),
      'whitened_fvu',
      trans.__(
        'The mean share that is not explained over the principal directions.'
      ),
      {
        why: () =>
          trans.__('It takes ten tokens a dimension, and a run of the model.')
      }
    ),
    number(
      trans.__('MSE'),
      'mse',
      trans.__('Squared error a token, summed over dimensions.')
    ),
    number(trans.__('L0'), 'l0', trans.__('Features that are on, a token.')),
    number(
      trans.__('L1'),
      'l1',
      trans.__('Activations times the length of their decoder rows, a token.')
    ),
    number(
      trans.__('Silent'),
      'dead',
      trans.__('Share of features that fired on none of these tokens.'),
      { word: share }
    ),
    {
      name: trans.__('Rare'),
      help: trans.__('Features that fired on less than 1 in 100,000 tokens.'),
      over: 'tokens',
      of: ({ frequencies }) =>
        frequencies?.rare == null ? null : exact(frequencies.rare),
      why: () => trans.__('That is only said of a million tokens and more.')
    },
    number(
      trans.__('Tokens'),
      'tokens',
      trans.__('Over which reconstruction and sparsity were taken.'),
      { word: exact }
    ),
    number(
      trans.__('Spliced at'),
      'effect_tokens',
      trans.__('Tokens at which the SAE was put into the model.'),
      { word: exact }
    )
  ];
}

function prefixColumn(trans: TranslationBundle): IColumn {
  return {
    name: trans.__('FVU of prefixes'),
    help: trans.__('With the first so many features alone.'),
    over: 'tokens',
    isText: true,
    of: ({ prefixes, prefix_fvu: fvus = [] }) =>
      fvus
        .map(
          (fvu, at) => `${exact(prefixes?.[at] ?? at + 1)}: ${measured(fvu)}`
        )
        .join('; ') || null
  };
}
