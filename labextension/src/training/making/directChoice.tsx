import * as React from 'react';
import { LayerGrid } from '../../captures/grid/layerGrid';
import { SourceChoice } from '../../captures/making/sourceChoice';
import {
  choosableFirst,
  modelSource,
  textSource
} from '../../captures/making/sourceWords';
import { useSignal, useTrans } from '../../ui/hooks';
import { MakingPart } from '../../ui/making/makingView';
import { ErrorNote } from '../../ui/notes';
import { SchemaForm } from '../../ui/schemaForm';
import type { StreamRead } from './draft';
import type { TrainingForm } from './trainingForm';

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
  const model = texts.model(stream.model);
  const isChat = texts.dataset(texts.tokenization(stream.tokenization)?.parent)
    ?.facts?.conversations;
  return (
    <>
      <div className="jp-mistudio-NewCapture-sources">
        <section aria-labelledby={`${id}model`}>
          <h4 id={`${id}model`}>{trans.__('Model')}</h4>
          {texts.models.length ? (
            <SourceChoice
              label={trans.__('Model')}
              sources={choosableFirst(
                texts.models.map(each => modelSource(each, trans))
              )}
              value={stream.model}
              disabled={form.isStarting}
              onChange={chosen => change({ model: chosen })}
            />
          ) : (
            <p>{trans.__('There is no model yet.')}</p>
          )}
        </section>
        <section aria-labelledby={`${id}text`}>
          <h4 id={`${id}text`}>{trans.__('Text')}</h4>
          {texts.tokenizations.length ? (
            <SourceChoice
              label={trans.__('Text')}
              sources={choosableFirst(
                texts.tokenizations.map(each =>
                  textSource(each, texts, model, trans)
                )
              )}
              value={stream.tokenization}
              disabled={form.isStarting}
              onChange={chosen => change({ tokenization: chosen })}
            />
          ) : (
            <p>{trans.__('No text is tokenized yet.')}</p>
          )}
        </section>
      </div>
      <section aria-labelledby={`${id}hooks`}>
        <h4 id={`${id}hooks`}>{trans.__('Where it is read')}</h4>
        <Points form={form} />
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
    </>
  );
}

/** The grid, once it is known where the model can be read. */
function Points(props: { form: TrainingForm }): JSX.Element {
  const trans = useTrans();
  const { form } = props;
  const { stream, direct } = form;
  const { points, pointsError } = direct;
  if (!stream.model) {
    return (
      <p className="jp-mistudio-faint">
        {trans.__('They are shown once a model is chosen.')}
      </p>
    );
  }
  if (pointsError) {
    return (
      <ErrorNote
        error={pointsError}
        action={{
          label: trans.__('Try again'),
          run: () => direct.readPoints(stream)
        }}
      />
    );
  }
  return points ? (
    <LayerGrid
      points={points}
      hooks={stream.hooks ?? form.hooks}
      disabled={form.isStarting}
      onChange={hooks => {
        form.stream = { ...form.stream, hooks };
      }}
    />
  ) : (
    <p role="status">
      {trans.__(
        'The model is loaded to see where it can be read. The next time this is known.'
      )}
    </p>
  );
}
