import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CleanedSample, CleaningPreview } from '../../api/types';
import { exact } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { Seen } from '../../ui/seen';
import { textDiff, type IDiffPart } from '../../ui/textDiff';
import type { CleaningModel } from './cleaningModel';
import { RuleTable, ruleWord } from './rules';

/** What the rules of the form would do: counts, and samples before and after. */
export function CleaningPreviewView(props: {
  model: CleaningModel;
}): JSX.Element {
  const trans = useTrans();
  const { preview, error, isBusy } = useModel(props.model);
  const id = React.useId();
  return (
    <section
      className="jp-mistudio-CleaningPreview"
      aria-labelledby={id}
      aria-busy={isBusy}
    >
      <h3 id={id}>{trans.__('Before and after')}</h3>
      {/* What is wrong with a field is said at the field. */}
      {error && !error.field && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => props.model.retry()
          }}
        />
      )}
      <p role="status">
        {isBusy
          ? trans.__('The worker tries the rules…')
          : preview
            ? summaryOf(preview, trans)
            : error
              ? ''
              : trans.__('Choose a rule to see what it would do.')}
      </p>
      {preview && (
        <>
          <RuleTable rules={preview.rules} />
          <ul className="jp-mistudio-Cleaned-list">
            {preview.samples.map(each => (
              <Cleaned key={each.row} sample={each} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function summaryOf(preview: CleaningPreview, trans: TranslationBundle): string {
  const { looked_at: looked, changed, dropped } = preview;
  return trans.__(
    'Of %1 samples from all over the dataset, %2 would be changed and %3 dropped.',
    exact(looked),
    exact(changed),
    exact(dropped)
  );
}

function Cleaned(props: { sample: CleanedSample }): JSX.Element {
  const trans = useTrans();
  const { row, before, after, rules } = props.sample;
  const parts = after === null ? null : textDiff(before, after);
  return (
    <li className="jp-mistudio-Cleaned" data-dropped={after === null}>
      <p className="jp-mistudio-Cleaned-head">
        <strong>{trans.__('Sample %1', exact(row))}</strong>
        {after === null && (
          <span className="jp-mistudio-Cleaned-dropped">
            {trans.__('dropped')}
          </span>
        )}
        <span>{rules.map(each => ruleWord(each, trans)).join(' · ')}</span>
      </p>
      <div className="jp-mistudio-Cleaned-sides">
        <Side
          label={trans.__('Before')}
          parts={
            parts?.filter(each => each.kind !== 'new') ?? [
              { kind: 'gone', text: before }
            ]
          }
        />
        {parts && (
          <Side
            label={trans.__('After')}
            parts={parts.filter(each => each.kind !== 'gone')}
          />
        )}
      </div>
    </li>
  );
}

function Side(props: {
  label: string;
  parts: readonly IDiffPart[];
}): JSX.Element {
  return (
    <div
      className="jp-mistudio-Cleaned-text"
      role="group"
      aria-label={props.label}
      dir="auto"
    >
      {props.parts.map(({ kind, text }, at) => {
        switch (kind) {
          case 'same':
            return <Seen key={at} text={text} />;
          case 'gone':
            return (
              <del key={at}>
                <Seen text={text} withMarks />
              </del>
            );
          case 'new':
            return (
              <ins key={at}>
                <Seen text={text} withMarks />
              </ins>
            );
        }
      })}
    </div>
  );
}
