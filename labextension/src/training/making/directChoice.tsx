import * as React from 'react';
import { ModelAndText } from '../../captures/making/modelAndText';
import { useSignal, useTrans } from '../../ui/hooks';
import { PointsOfModel } from '../../ui/layers/pointsOfModel';
import { MakingPart } from '../../ui/making/makingView';
import { ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import { isStream, type StreamRead } from './draft';
import type { TrainingForm } from './trainingForm';
import { Weights } from './weights';

/** Which tokens there are, and how they are come by. */
const FIELDS: readonly (keyof StreamRead)[] = [
  'max_tokens',
  'max_samples',
  'drop_first',
  'drop_special',
  'precision',
  'batch_size'
];

/** The model that is read, over which text, and where. */
export function DirectChoice(props: { form: TrainingForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const { stream, desk } = form;
  const { texts } = form.direct;
  useSignal(texts.changed, () => null);
  const id = React.useId();
  const change = (part: StreamRead) => {
    form.stream = { ...form.stream, ...part };
  };
  if (texts.error && !texts.isLoaded) {
    return (
      <ErrorNote
        error={texts.error}
        action={{
          label: trans.__('Try again'),
          run: () => void texts.refresh()
        }}
      />
    );
  }
  if (!texts.isLoaded) {
    return <p role="status">{trans.__('Loading…')}</p>;
  }
  const isChat = texts.dataset(texts.tokenization(stream.tokenization)?.parent)
    ?.facts?.conversations;
  const name = (each: StreamRead) =>
    trans.__(
      'Read directly from %1, over the text %2',
      texts.model(each.model)?.name ?? each.model ?? '',
      texts.tokenization(each.tokenization)?.name ?? each.tokenization ?? ''
    );
  // Put together elsewhere, a training may read several texts.
  const [, ...others] = form.sources.filter(isStream);
  return (
    <>
      {form.from === 'both' && (
        <div className="jp-mistudio-CaptureSource">
          <span>{trans.__('Read directly:')}</span>
          <Weights
            form={form}
            source={stream}
            name={trans.__('what is read directly')}
          />
        </div>
      )}
      <ModelAndText
        sources={texts}
        model={stream.model}
        tokenization={stream.tokenization}
        disabled={form.isStarting}
        heading="h4"
        noModel={<p>{trans.__('There is no model yet.')}</p>}
        noText={<p>{trans.__('No text is tokenized yet.')}</p>}
        onChange={change}
      />
      <section aria-labelledby={`${id}hooks`}>
        <h4 id={`${id}hooks`}>{trans.__('Where it is read')}</h4>
        <PointsOfModel
          model={stream.model}
          points={form.direct.points}
          error={form.direct.pointsError}
          hooks={stream.hooks ?? form.direct.hooks(stream)}
          disabled={form.isStarting}
          onChange={hooks => change({ hooks })}
          onRetry={() => form.direct.readPoints(stream)}
        />
      </section>
      <MakingPart title={trans.__('What is read')}>
        <SchemaForm
          studio={desk.studio}
          schema="StreamSource"
          fields={[
            ...FIELDS,
            ...(stream.max_samples == null ? [] : ['seed']),
            ...(isChat || stream.role != null ? ['role'] : [])
          ]}
          value={stream}
          disabled={form.isStarting}
          onChange={next => {
            form.stream = next;
          }}
        />
      </MakingPart>
      {others.map((each, at) => (
        <div key={at} className="jp-mistudio-CaptureSource">
          <label className="jp-mistudio-Source">
            <input
              type="checkbox"
              checked
              disabled={form.isStarting}
              onChange={() => {
                form.sources = form.sources.filter(source => source !== each);
              }}
            />
            <span className="jp-mistudio-Source-words">{name(each)}</span>
          </label>
          <Weights form={form} source={each} name={name(each)} />
        </div>
      ))}
    </>
  );
}
