import * as React from 'react';
import type { Model } from '../../api/types';
import { Facts } from '../../ui/facts';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import { OwnWords } from '../../ui/objects/own';
import { aboutFacts } from './aboutFacts';
import type { ModelDocument } from './documentModel';
import { MemoryTable } from './memoryTable';

/** Where it came from, what its files say, and what its makers and its owner wrote about it. */
export function AboutTab(props: {
  document: ModelDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const document = useModel(props.document);
  const { object: model, desk } = document;
  if (!model) {
    return null;
  }
  return (
    <div className="jp-mistudio-About">
      <OwnWords key={model.id} object={model} actions={desk.actions} />
      <Facts label={trans.__('Facts')} facts={aboutFacts(model, trans)} />
      {model.state === 'ready' && (
        <FromFiles document={document} model={model} />
      )}
    </div>
  );
}

function FromFiles(props: {
  document: ModelDocument;
  model: Model;
}): JSX.Element {
  const trans = useTrans();
  const { document, model } = props;
  return (
    <>
      <MemoryTable document={document} />
      <section>
        <h3>{trans.__('Card')}</h3>
        <Card document={document} />
      </section>
      {model.facts && (
        <details className="jp-mistudio-Configuration">
          <summary>{trans.__('Configuration')}</summary>
          <pre>{JSON.stringify(model.facts.config, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

/** The makers' words, as the text they are: what is markup in them stays text. */
function Card(props: { document: ModelDocument }): JSX.Element | null {
  const trans = useTrans();
  const { card } = props.document;
  const { value, error } = useModel(card);
  React.useEffect(() => {
    card.want();
  }, [card]);
  if (error?.code === 'no_card') {
    return <p>{error.message}</p>;
  }
  if (error) {
    return (
      <ErrorNote
        error={error}
        action={{ label: trans.__('Try again'), run: () => void card.ask() }}
      />
    );
  }
  return value && <pre className="jp-mistudio-Card">{value.text}</pre>;
}
