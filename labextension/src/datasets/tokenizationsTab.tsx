import { addIcon, Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Tokenization } from '../api/types';
import { Facts } from '../ui/facts';
import { ago, bytes, exact, percent, timestamp } from '../ui/format';
import { useModel, useSignal, useTrans } from '../ui/hooks';
import { ListKeys } from '../ui/listKeys';
import { EmptyState } from '../ui/notes';
import { ObjectRow } from '../ui/objectRow';
import type { DatasetDocument } from './documentModel';
import { rowActions } from './row';
import { TokenizeForm } from './tokenizeForm';
import { chipLabel, chipOf, reasonOf, rowFacts } from './words';

/** What was made of this text: each tokenization with its parameters and facts. */
export function TokenizationsTab(props: {
  document: DatasetDocument;
}): JSX.Element {
  const trans = useTrans();
  const document = useModel(props.document);
  const { tokenizations, drafts, dataset, desk } = document;
  useSignal(desk.targetChanged, () => null);
  const begin = () => document.beginTokenize();
  const notReady =
    dataset?.state === 'ready' ? null : trans.__('It has no text yet.');
  const toggle = (id: string) =>
    document.draft({ unfolded: drafts.unfolded === id ? null : id });
  return (
    <div className="jp-mistudio-Tokenizations">
      {drafts.tokenize ? (
        <TokenizeForm document={document} value={drafts.tokenize} />
      ) : (
        tokenizations.length > 0 && (
          <Button
            className="jp-mod-styled"
            aria-disabled={notReady !== null}
            title={
              notReady ??
              trans.__('Tokenize this text once more, in another way')
            }
            onClick={() => notReady === null && begin()}
          >
            <addIcon.react tag="span" />
            {trans.__('New tokenization')}
          </Button>
        )
      )}
      {!tokenizations.length && !drafts.tokenize && (
        <EmptyState
          sentence={notReady ?? trans.__('It is not tokenized yet.')}
          button={
            notReady
              ? undefined
              : { label: trans.__('New tokenization'), run: begin }
          }
        />
      )}
      {tokenizations.length > 0 && (
        <ListKeys
          ids={tokenizations.map(each => each.id)}
          label={trans.__('Tokenizations')}
          onOpen={toggle}
          onSelect={toggle}
          onExpand={(id, open) =>
            document.draft({ unfolded: open ? id : null })
          }
          onDelete={id =>
            void desk.actions.remove(
              tokenizations.filter(each => each.id === id)
            )
          }
        >
          {tokenizations.map(each => (
            <TokenizationRow
              key={each.id}
              tokenization={each}
              document={document}
              onToggle={() => toggle(each.id)}
            />
          ))}
        </ListKeys>
      )}
    </div>
  );
}

function TokenizationRow(props: {
  tokenization: Tokenization;
  document: DatasetDocument;
  onToggle: () => void;
}): JSX.Element {
  const trans = useTrans();
  const { tokenization, document, onToggle } = props;
  const { actions } = document.desk;
  const open = document.drafts.unfolded === tokenization.id;
  return (
    <ObjectRow
      id={tokenization.id}
      name={tokenization.name}
      state={chipOf(tokenization)}
      stateLabel={chipLabel(tokenization)}
      reason={reasonOf(tokenization, trans)}
      facts={rowFacts(tokenization, trans)}
      progress={
        tokenization.state === 'working' ? tokenization.job?.progress : null
      }
      actions={rowActions(tokenization, actions, trans)}
      selected={open}
      expanded={open}
      onExpand={onToggle}
      onOpen={onToggle}
      onSelect={() => actions.point([tokenization])}
      onMouseDown={event => actions.drag(event, tokenization)}
    >
      {open && <TokenizationFacts tokenization={tokenization} />}
    </ObjectRow>
  );
}

function TokenizationFacts(props: { tokenization: Tokenization }): JSX.Element {
  const trans = useTrans();
  const { tokenization } = props;
  const { facts, tokenizer } = tokenization;
  return (
    <Facts
      label={trans.__('Facts of %1', tokenization.name)}
      facts={[
        [trans.__('Id'), <code key="id">{tokenization.id}</code>],
        [trans.__('Tokenizer'), tokenizer.name, tokenizer.path],
        [
          trans.__('Block length'),
          trans.__('%1 tokens', exact(tokenization.max_length))
        ],
        [
          trans.__('Special tokens'),
          tokenization.special_tokens
            ? trans.__('as the tokenizer adds them')
            : trans.__('none added')
        ],
        [
          trans.__('Held-out share'),
          percent(tokenization.eval_share, 1) ?? '0 %'
        ],
        ...(facts
          ? ([
              [trans.__('Tokens'), exact(facts.tokens)],
              [trans.__('Blocks'), exact(facts.blocks)],
              [
                trans.__('Held out'),
                trans.__(
                  '%1 blocks of %2 samples',
                  exact(facts.held_out_blocks),
                  exact(facts.held_out_samples)
                )
              ],
              [trans.__('Samples in blocks'), exact(facts.samples)],
              [
                trans.__('Left over'),
                trans.__('%1 tokens', exact(facts.dropped_tokens)),
                trans.__('Tokens at the end that did not fill a block.')
              ],
              [trans.__('Size'), bytes(facts.bytes)]
            ] as const)
          : []),
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
  );
}
