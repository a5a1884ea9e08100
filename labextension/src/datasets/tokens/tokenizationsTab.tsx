import { addIcon, Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Tokenization } from '../../api/types';
import { useModel, useSignal, useTrans } from '../../ui/hooks';
import { ListKeys } from '../../ui/listKeys';
import { EmptyState } from '../../ui/notes';
import { ObjectRow } from '../../ui/objectRow';
import type { DatasetDocument } from '../document/documentModel';
import {
  chipLabel,
  chipOf,
  progressOf,
  reasonOf
} from '../../ui/objects/words';
import { rowActions } from '../rowActions';
import { TokenizationDetails } from './tokenizationDetails';
import { TokenizeForm } from './tokenizeForm';
import { rowFacts } from '../words';

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
      progress={progressOf(tokenization)}
      actions={rowActions(tokenization, actions, trans)}
      selected={open}
      expanded={open}
      onExpand={onToggle}
      onOpen={onToggle}
      onSelect={() => actions.point([tokenization])}
      onMouseDown={event => actions.drag(event, tokenization)}
    >
      {open && (
        <TokenizationDetails document={document} tokenization={tokenization} />
      )}
    </ObjectRow>
  );
}
