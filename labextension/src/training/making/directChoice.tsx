import * as React from 'react';
import { ModelAndText } from '../../captures/making/modelAndText';
import { PointsOfModel } from '../../captures/making/pointsOfModel';
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
  const isChat = texts.dataset(texts.tokenization(stream.tokenization)?.parent)
    ?.facts?.conversations;
  return (
    <>
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
          hooks={stream.hooks ?? form.hooks}
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
    </>
  );
}
