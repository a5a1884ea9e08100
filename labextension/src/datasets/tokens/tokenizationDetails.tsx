import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Tokenization } from '../../api/types';
import { Facts, type Fact } from '../../ui/facts';
import { ago, bytes, exact, share, timestamp } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { Warnings } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';
import { samples } from '../words';
import { VocabularyCheck } from './vocabularyCheck';

/** A tokenization unfolded: how it was made, what came of it, and what can be asked of it. */
export function TokenizationDetails(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
}): JSX.Element {
  const trans = useTrans();
  const { document, tokenization } = props;
  const { id, name, facts } = tokenization;
  return (
    <div className="jp-mistudio-TokenizationDetails">
      <Warnings warnings={facts?.warnings} />
      <Facts
        label={trans.__('Facts of %1', name)}
        facts={[
          [trans.__('Id'), <code key="id">{id}</code>],
          ...tokenizerFacts(tokenization, trans),
          ...optionFacts(tokenization, trans),
          ...(facts ? foundFacts(tokenization, facts, trans) : []),
          [
            trans.__('Made'),
            timestamp(tokenization.created),
            ago(tokenization.created)
          ],
          [
            trans.__('Fingerprint'),
            <code key="print">{tokenization.fingerprint}</code>
          ]
        ]}
      />
      {facts && (
        <>
          <div className="jp-mistudio-buttons">
            <Button
              className="jp-mod-styled"
              onClick={() => {
                document.draft({ statisticsOf: id });
                document.tab = 'statistics';
              }}
            >
              {trans.__('Statistics')}
            </Button>
            <Button
              className="jp-mod-styled"
              onClick={() => {
                document.comparison.choose(id, null);
                document.tab = 'compare';
              }}
            >
              {trans.__('Compare…')}
            </Button>
          </div>
          <VocabularyCheck document={document} tokenization={tokenization} />
        </>
      )}
    </div>
  );
}

function tokenizerFacts(
  { tokenizer }: Tokenization,
  trans: TranslationBundle
): Fact[] {
  const { name, path, revision, commit } = tokenizer;
  return [
    [trans.__('Tokenizer'), name, path],
    ...optional(trans.__('Revision'), revision),
    ...optional(trans.__('Commit'), commit)
  ];
}

function optional(name: string, value: string | null): Fact[] {
  return value === null ? [] : [[name, <code key={name}>{value}</code>]];
}

function optionFacts(
  tokenization: Tokenization,
  trans: TranslationBundle
): Fact[] {
  const length = trans.__('%1 tokens', exact(tokenization.max_length));
  const special = tokenization.special_tokens
    ? trans.__('as the tokenizer adds them')
    : trans.__('none added');
  const shared: Fact[] = [
    [trans.__('Special tokens'), special],
    [trans.__('Held-out share'), share(tokenization.eval_share)]
  ];
  if (tokenization.chat_template !== null) {
    shared.push([
      trans.__('Chat template'),
      trans.__('its own'),
      tokenization.chat_template
    ]);
  }
  if (tokenization.layout === 'packed') {
    return [
      [trans.__('Layout'), trans.__('packed blocks')],
      [trans.__('Block length'), length],
      ...shared
    ];
  }
  const padding = {
    none: trans.__('none'),
    longest: trans.__('up to the longest row'),
    max_length: trans.__('up to the full length')
  };
  const truncation = {
    longest_first: trans.__('of the longest first'),
    only_first: trans.__('of the first text only'),
    only_second: trans.__('of the second text only'),
    none: trans.__('none')
  };
  return [
    [trans.__('Layout'), trans.__('one sample a row')],
    [trans.__('Row length'), length],
    [trans.__('Padding'), padding[tokenization.padding]],
    [trans.__('Truncation'), truncation[tokenization.truncation]],
    [
      trans.__('Stride'),
      tokenization.stride === null
        ? trans.__('none: what is too long is cut off')
        : trans.__('%1 tokens', exact(tokenization.stride))
    ],
    ...optional(trans.__('Second text'), tokenization.second),
    [
      trans.__('Attention mask'),
      tokenization.attention_mask ? trans.__('stored') : trans.__('not stored')
    ],
    ...shared
  ];
}

function foundFacts(
  { layout }: Tokenization,
  facts: NonNullable<Tokenization['facts']>,
  trans: TranslationBundle
): Fact[] {
  const packed = layout === 'packed';
  const heldOut = packed
    ? trans._n(
        '%2 block',
        '%2 blocks',
        facts.held_out_blocks,
        exact(facts.held_out_blocks)
      )
    : trans._n(
        '%2 row',
        '%2 rows',
        facts.held_out_blocks,
        exact(facts.held_out_blocks)
      );
  const tokens = (count: number) =>
    trans._n('%2 token', '%2 tokens', count, exact(count));
  const list: Fact[] = [
    [trans.__('Tokens'), exact(facts.tokens)],
    [packed ? trans.__('Blocks') : trans.__('Rows'), exact(facts.blocks)],
    [
      trans.__('Held out'),
      [heldOut, samples(facts.held_out_samples, trans)].join(' · ')
    ],
    [
      packed ? trans.__('Samples in blocks') : trans.__('Samples in rows'),
      exact(facts.samples)
    ],
    [
      packed ? trans.__('Left over') : trans.__('Cut off'),
      tokens(facts.dropped_tokens),
      packed
        ? trans.__('Tokens at the end that did not fill a block.')
        : trans.__('Tokens that truncation cut off.')
    ]
  ];
  if (!packed) {
    list.push(
      [trans.__('Truncated'), samples(facts.truncated_samples, trans)],
      [
        trans.__('Padding added'),
        facts.pad_id === null
          ? tokens(facts.padding_tokens)
          : trans.__(
              '%1 (id %2)',
              tokens(facts.padding_tokens),
              String(facts.pad_id)
            )
      ]
    );
    if (facts.longest !== null) {
      list.push([trans.__('Longest row'), tokens(facts.longest)]);
    }
  }
  if (facts.bad_samples) {
    list.push([
      trans.__('Left out'),
      samples(facts.bad_samples, trans),
      trans.__('What the chat template refused.')
    ]);
  }
  if (facts.vocabulary !== null) {
    list.push([trans.__('Vocabulary'), tokens(facts.vocabulary)]);
  }
  list.push([trans.__('Size'), bytes(facts.bytes)]);
  return list;
}
