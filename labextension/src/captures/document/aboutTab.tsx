import * as React from 'react';
import type { Capture } from '../../api/types';
import { Facts } from '../../ui/facts';
import { useSignal, useTrans } from '../../ui/hooks';
import { OwnWords } from '../../ui/objects/own';
import { aboutFacts } from './aboutFacts';
import type { CaptureDocument } from './documentModel';

/** What was read where and how, what came of it, and what its owner wrote about it. */
export function AboutTab(props: {
  document: CaptureDocument;
  capture: Capture;
}): JSX.Element {
  const trans = useTrans();
  const { capture } = props;
  const { actions, sources } = props.document.desk;
  React.useEffect(() => {
    const watcher = {};
    sources.setWatching(watcher, true);
    return () => sources.setWatching(watcher, false);
  }, [sources]);
  useSignal(sources.changed, () => null);
  return (
    <div className="jp-mistudio-About">
      <OwnWords key={capture.id} object={capture} actions={actions} />
      <Facts
        label={trans.__('Facts')}
        facts={aboutFacts(capture, trans, {
          model: sources.model(capture.model)?.name,
          tokenization: sources.tokenization(capture.tokenization)?.name,
          dataset: sources.dataset(capture.dataset)?.name,
          opener: id => actions.opener(id)
        })}
      />
    </div>
  );
}
