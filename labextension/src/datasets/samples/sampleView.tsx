import { Clipboard } from '@jupyterlab/apputils';
import {
  Button,
  closeIcon,
  copyIcon,
  HTMLSelect,
  type LabIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Sample } from '../../api/types';
import { Facts } from '../../ui/facts';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';
import { SampleText } from './sampleText';
import { SampleTokensView } from './sampleTokensView';
import { Turns } from './turns';

/** The chosen sample, whole: its facts, its text, turns or tokens, its other fields. */
export function SampleView(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const { document } = props;
  const { chosen } = document;
  const { sample, error, row } = useModel(chosen);
  return (
    <section
      className="jp-mistudio-SampleView"
      aria-label={trans.__('Sample %1', exact(row))}
      aria-busy={!error && sample?.row !== row}
    >
      {error && row !== null && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void chosen.choose(row)
          }}
        />
      )}
      {sample && !error && (
        <Whole key={sample.row} sample={sample} document={document} />
      )}
    </section>
  );
}

function Whole(props: {
  sample: Sample;
  document: DatasetDocument;
}): JSX.Element {
  const { sample, document } = props;
  const { drafts, tokenizations, sampleTokens } = useModel(document);
  const tokenization = tokenizations.find(
    each => each.id === drafts.sampleWith && each.state === 'ready'
  )?.id;
  const { id, row } = { id: document.id, row: sample.row };
  React.useEffect(() => {
    sampleTokens.show(
      tokenization === undefined ? null : { dataset: id, row, tokenization }
    );
  }, [sampleTokens, id, row, tokenization]);
  return (
    <>
      <Head sample={sample} document={document} />
      <ShowAs document={document} sample={sample} />
      {tokenization !== undefined ? (
        <SampleTokensView model={sampleTokens} />
      ) : sample.messages && drafts.sampleWith !== 'text' ? (
        <Turns
          messages={sample.messages}
          search={document.found.query.search}
        />
      ) : (
        <SampleText text={sample.text} search={document.found.query.search} />
      )}
      <Others sample={sample} />
    </>
  );
}

function Head(props: {
  sample: Sample;
  document: DatasetDocument;
}): JSX.Element {
  const trans = useTrans();
  const { sample, document } = props;
  const { count } = useModel(document.sampleTokens);
  return (
    <header className="jp-mistudio-SampleView-head">
      <strong>{trans.__('Sample %1', exact(sample.row))}</strong>
      <HeadButton
        label={trans.__('Copy the text')}
        icon={copyIcon}
        run={() => Clipboard.copyToSystem(sample.text)}
      />
      <HeadButton
        label={trans.__('Close')}
        icon={closeIcon}
        run={() => document.chosen.close()}
      />
      <span className="jp-mistudio-SampleView-facts">
        <button
          type="button"
          className="jp-mistudio-Link"
          title={trans.__('Copy the id')}
          aria-label={trans.__('Copy the id %1', sample.id)}
          onClick={() => Clipboard.copyToSystem(sample.id)}
        >
          {sample.id}
        </button>
        <bdi>{sample.split}</bdi>
        <span>
          {trans._n(
            '%2 character',
            '%2 characters',
            sample.length,
            exact(sample.length)
          )}
        </span>
        {count !== null && (
          <span>{trans._n('%2 token', '%2 tokens', count, exact(count))}</span>
        )}
      </span>
    </header>
  );
}

function HeadButton(props: {
  label: string;
  icon: LabIcon;
  run: () => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <Button
      minimal
      small
      title={props.label}
      aria-label={props.label}
      onClick={props.run}
    >
      <Icon tag="span" />
    </Button>
  );
}

/** As text, as the turns of a conversation, or as the tokens of one of the tokenizations. */
function ShowAs(props: {
  document: DatasetDocument;
  sample: Sample;
}): JSX.Element {
  const trans = useTrans();
  const { document, sample } = props;
  const { drafts, tokenizations } = document;
  const id = React.useId();
  const ready = tokenizations.filter(each => each.state === 'ready');
  const known = ['text', ...ready.map(each => each.id)];
  return (
    <div className="jp-mistudio-SampleView-as">
      <label htmlFor={id}>{trans.__('Show as')}</label>
      <HTMLSelect
        id={id}
        value={
          known.includes(drafts.sampleWith)
            ? drafts.sampleWith
            : sample.messages
              ? ''
              : 'text'
        }
        onChange={event => document.draft({ sampleWith: event.target.value })}
      >
        {sample.messages && <option value="">{trans.__('turns')}</option>}
        <option value="text">{trans.__('text')}</option>
        {ready.map(each => (
          <option key={each.id} value={each.id}>
            {trans.__('tokens: %1', each.name)}
          </option>
        ))}
      </HTMLSelect>
    </div>
  );
}

function Others(props: { sample: Sample }): JSX.Element | null {
  const trans = useTrans();
  const fields = Object.entries(props.sample.other);
  if (!fields.length) {
    return null;
  }
  return (
    <Facts
      label={trans.__('Other fields')}
      facts={fields.map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value)
      ])}
    />
  );
}
