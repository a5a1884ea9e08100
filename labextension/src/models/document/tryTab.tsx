import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TriedText } from '../../api/types';
import { Figures, type IFigure } from '../../ui/figures';
import { bytes, exact, measured, share } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import type { ModelDocument } from './documentModel';
import { NotReady } from './notReady';

const OPTIONS = [
  'max_tokens',
  'temperature',
  'top_p',
  'seed',
  'precision',
  'smaller'
];

/** A short text from the model as loaded. */
export function TryTab(props: { document: ModelDocument }): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const { object: model, drafts, desk } = document;
  const tried = useModel(document.tried);
  if (!model) {
    return null;
  }
  const { facts } = model;
  if (model.state !== 'ready' || !facts) {
    return <NotReady model={model} />;
  }
  const value = drafts.tried;
  const blocked = !value.prompt ? trans.__('Type a prompt first.') : null;
  const run = () => {
    if (blocked === null && !tried.isBusy) {
      void tried.ask(value);
    }
  };
  return (
    <div className="jp-mistudio-Try">
      <form
        aria-label={trans.__('Try it')}
        onSubmit={event => {
          event.preventDefault();
          run();
        }}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            event.stopPropagation();
            run();
          }
        }}
      >
        <SchemaForm
          studio={desk.studio}
          schema="TryModel"
          fields={[
            'prompt',
            ...(facts.chat_template ? ['chat'] : []),
            ...OPTIONS
          ]}
          value={value}
          // It is told below; at a field only what is wrong with that.
          error={tried.error?.field ? tried.error : null}
          onChange={next => document.draft({ tried: next })}
        />
        <div className="jp-mistudio-buttons">
          <Button
            className="jp-mod-styled jp-mod-accept"
            type="submit"
            aria-disabled={blocked !== null || tried.isBusy}
            title={blocked ?? trans.__('Let it write (Ctrl+Enter)')}
          >
            {trans.__('Write')}
          </Button>
        </div>
      </form>
      <section aria-label={trans.__('What it wrote')} aria-live="polite">
        {tried.isBusy && (
          <p role="status">
            {trans.__(
              'It loads the model where that is not loaded yet, and writes…'
            )}
          </p>
        )}
        {tried.error && !tried.error.field && (
          <ErrorNote
            error={tried.error}
            action={{ label: trans.__('Try again'), run }}
          />
        )}
        {tried.value && <Written tried={tried.value} />}
      </section>
    </div>
  );
}

function Written(props: { tried: TriedText }): JSX.Element {
  const trans = useTrans();
  const { tried } = props;
  return (
    <>
      <div className="jp-mistudio-Try-text" dir="auto">
        {tried.text || (
          <span className="jp-mistudio-faint">
            {trans.__('It wrote nothing that can be seen.')}
          </span>
        )}
      </div>
      <Figures
        label={trans.__('How it was written')}
        figures={figuresOf(tried, trans)}
      />
    </>
  );
}

function figuresOf(tried: TriedText, trans: TranslationBundle): IFigure[] {
  const { tokens, seconds, quantized_share: quantized } = tried;
  return [
    {
      name: trans.__('new tokens'),
      value: exact(tokens),
      title: tried.ended
        ? trans.__('It ended by itself.')
        : trans.__('It wrote as many as it was allowed to.')
    },
    {
      name: trans.__('tokens/s'),
      value: seconds > 0 ? measured(tokens / seconds) : null,
      title:
        seconds > 0
          ? trans.__('%1 s, without loading', measured(seconds))
          : trans.__('It was too quick to measure.')
    },
    { name: trans.__('device'), value: tried.device },
    {
      name: trans.__('precision'),
      value: tried.precision,
      title:
        quantized === null
          ? undefined
          : trans.__('%1 of the parameters in fewer bits', share(quantized))
    },
    {
      name: trans.__('weights in memory'),
      value: bytes(tried.measured),
      title: trans.__('Counted on the model as loaded')
    }
  ];
}
