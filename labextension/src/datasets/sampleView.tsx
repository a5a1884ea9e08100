import { Clipboard } from '@jupyterlab/apputils';
import {
  Button,
  closeIcon,
  copyIcon,
  HTMLSelect
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Sample } from '../api/types';
import { Facts } from '../ui/facts';
import { exact } from '../ui/format';
import { useModel, useTrans } from '../ui/hooks';
import { ErrorNote } from '../ui/notes';
import type { DatasetDocument } from './documentModel';
import { TokensView } from './tokensView';

/** A text of many megabytes is drawn by and by. */
const STEP = 100_000;

/** The chosen sample, whole: its facts, its text or its tokens, its other fields. */
export function SampleView(props: { document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const { document } = props;
  const model = useModel(document.samples);
  const { sample, sampleError, chosen } = model;
  return (
    <section
      className="jp-mistudio-SampleView"
      aria-label={trans.__('Sample %1', exact(chosen))}
      aria-busy={!sampleError && sample?.row !== chosen}
    >
      {sampleError && chosen !== null && (
        <ErrorNote
          error={sampleError}
          action={{
            label: trans.__('Try again'),
            run: () => void model.choose(chosen)
          }}
        />
      )}
      {sample && !sampleError && (
        <Whole key={sample.row} sample={sample} document={document} />
      )}
    </section>
  );
}

function Whole(props: {
  sample: Sample;
  document: DatasetDocument;
}): JSX.Element {
  const trans = useTrans();
  const { sample, document } = props;
  return (
    <>
      <header className="jp-mistudio-SampleView-head">
        <strong>{trans.__('Sample %1', exact(sample.row))}</strong>
        <span>{sample.split}</span>
        <span>
          {trans._n(
            '%2 character',
            '%2 characters',
            sample.length,
            exact(sample.length)
          )}
        </span>
        <Button
          minimal
          small
          title={trans.__('Copy the text')}
          aria-label={trans.__('Copy the text')}
          onClick={() => Clipboard.copyToSystem(sample.text)}
        >
          <copyIcon.react tag="span" />
        </Button>
        <Button
          minimal
          small
          title={trans.__('Close')}
          aria-label={trans.__('Close')}
          onClick={() => document.samples.close()}
        >
          <closeIcon.react tag="span" />
        </Button>
      </header>
      <As sample={sample} document={document} />
      <Others sample={sample} />
    </>
  );
}

/** As text, or as the tokens of one of the tokenizations. */
function As(props: { sample: Sample; document: DatasetDocument }): JSX.Element {
  const trans = useTrans();
  const { sample, document } = props;
  const { drafts, tokenizations, sampleTokens } = useModel(document);
  const id = React.useId();
  const chosen = tokenizations.find(each => each.id === drafts.sampleWith);
  const wanted = chosen?.id;
  const special = chosen?.special_tokens;
  React.useEffect(() => {
    if (wanted === undefined) {
      sampleTokens.clear();
    } else {
      void sampleTokens.run({
        text: sample.text,
        tokenization: wanted,
        special_tokens: special
      });
    }
  }, [sampleTokens, sample.text, wanted, special]);
  return (
    <>
      <div className="jp-mistudio-SampleView-as">
        <label htmlFor={id}>{trans.__('Show as')}</label>
        <HTMLSelect
          id={id}
          value={wanted ?? ''}
          onChange={event => document.draft({ sampleWith: event.target.value })}
        >
          <option value="">{trans.__('text')}</option>
          {tokenizations.map(each => (
            <option key={each.id} value={each.id}>
              {trans.__('tokens: %1', each.name)}
            </option>
          ))}
        </HTMLSelect>
      </div>
      {wanted === undefined ? (
        <Text text={sample.text} />
      ) : (
        <TokensView model={sampleTokens} text={sample.text} />
      )}
    </>
  );
}

function Text(props: { text: string }): JSX.Element {
  const trans = useTrans();
  const { text } = props;
  const [shown, setShown] = React.useState(STEP);
  return (
    <>
      <div className="jp-mistudio-SampleView-text" dir="auto" tabIndex={0}>
        {text.slice(0, shown)}
      </div>
      {shown < text.length && (
        <p>
          {trans.__('%1 of %2 characters.', exact(shown), exact(text.length))}{' '}
          <button
            type="button"
            className="jp-mistudio-Link"
            onClick={() => setShown(shown + STEP)}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </>
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
