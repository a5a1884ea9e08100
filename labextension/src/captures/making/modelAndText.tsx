import * as React from 'react';
import { useTrans } from '../../ui/hooks';
import type { Sources } from '../sources';
import { SourceChoice } from './sourceChoice';
import { choosableFirst, modelSource, textSource } from './sourceWords';

/** The model that is read, and the text that it reads. */
export function ModelAndText(props: {
  sources: Sources;
  model: unknown;
  tokenization: unknown;
  disabled: boolean;
  heading: 'h3' | 'h4';
  /** What stands there as long as there is none. */
  noModel: React.ReactNode;
  noText: React.ReactNode;
  onChange: (part: { model: string } | { tokenization: string }) => void;
}): JSX.Element {
  const trans = useTrans();
  const { sources, heading: Heading } = props;
  const id = React.useId();
  const model = sources.model(props.model);
  return (
    <div className="jp-mistudio-NewCapture-sources">
      <section aria-labelledby={`${id}model`}>
        <Heading id={`${id}model`}>{trans.__('Model')}</Heading>
        {sources.models.length ? (
          <SourceChoice
            label={trans.__('Model')}
            sources={choosableFirst(
              sources.models.map(each => modelSource(each, trans))
            )}
            value={props.model}
            disabled={props.disabled}
            onChange={chosen => props.onChange({ model: chosen })}
          />
        ) : (
          sources.isLoaded && props.noModel
        )}
      </section>
      <section aria-labelledby={`${id}text`}>
        <Heading id={`${id}text`}>{trans.__('Text')}</Heading>
        {sources.tokenizations.length ? (
          <SourceChoice
            label={trans.__('Text')}
            sources={choosableFirst(
              sources.tokenizations.map(each =>
                textSource(each, sources, model, trans)
              )
            )}
            value={props.tokenization}
            disabled={props.disabled}
            onChange={chosen => props.onChange({ tokenization: chosen })}
          />
        ) : (
          sources.isLoaded && props.noText
        )}
      </section>
    </div>
  );
}
