import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { HookPoints } from '../../../api/types';
import { columnsOf, whyNowhere } from '../../../ui/layers/columns';
import { exact, short } from '../../../ui/format';
import { useTrans } from '../../../ui/hooks';
import type { ModelDocument } from '../documentModel';
import { hookName } from './stackPlan';

/** What the chosen hook point is, what was captured there, and the SAEs that read there. */
export function HookDetails(props: {
  document: ModelDocument;
  points: HookPoints;
}): JSX.Element {
  const trans = useTrans();
  const { document, points } = props;
  const { hook } = document.drafts;
  const point =
    hook &&
    points.points.find(
      each => each.kind === hook.kind && each.layers.includes(hook.layer)
    );
  if (!hook || !point) {
    return (
      <p className="jp-mistudio-faint">
        {trans.__(
          'Each ring is a hook point: a place at which the model can be read. Choose one to see what it is; a filled one was captured already, and where an SAE reads it is a diamond.'
        )}
      </p>
    );
  }
  const name = hookName(hook.layer, hook.kind);
  const { actions } = document.desk;
  const captures = document.captures.filter(each => each.hooks.includes(name));
  const saes = document.saes.filter(each => each.hook === name);
  return (
    <section className="jp-mistudio-HookDetails" aria-live="polite">
      <h3>{trans.__('%1, layer %2', point.title, String(hook.layer))}</h3>
      <p>
        <code>{name}</code> ·{' '}
        {trans.__('%1 values a token', exact(point.width))}
      </p>
      <p>{point.help}</p>
      {captures.length > 0 && (
        <ul aria-label={trans.__('Captures here')}>
          {captures.map(each => (
            <li key={each.id}>
              <button
                type="button"
                className="jp-mistudio-Link"
                onClick={() => actions.open(each)}
              >
                <bdi>{each.name}</bdi>
              </button>{' '}
              <span className="jp-mistudio-faint">
                {each.facts
                  ? trans.__('%1 tokens', short(each.facts.tokens))
                  : trans.__('not ready yet')}
              </span>
            </li>
          ))}
        </ul>
      )}
      {saes.length > 0 && (
        <ul aria-label={trans.__('SAEs here')}>
          {saes.map(each => (
            <li key={each.id}>
              <button
                type="button"
                className="jp-mistudio-Link"
                onClick={() => actions.openId(each.id)}
              >
                <bdi>{each.name}</bdi>
              </button>{' '}
              <span className="jp-mistudio-faint">
                {each.facts
                  ? trans.__('%1 features', short(each.facts.width))
                  : trans.__('not ready yet')}
              </span>
            </li>
          ))}
        </ul>
      )}
      {actions.hasCaptures && (
        <Button
          className="jp-mod-styled"
          onClick={() => actions.capture(document.id, [name])}
        >
          {trans.__('Capture here…')}
        </Button>
      )}
    </section>
  );
}

/** The kinds that no layer has, each with why. */
export function MissingHooks(props: {
  points: HookPoints;
}): JSX.Element | null {
  const trans = useTrans();
  const missing = columnsOf(props.points).filter(
    each => each.layers.length === 0
  );
  if (!missing.length) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Not offered')}</h3>
      <dl className="jp-mistudio-Missing">
        {missing.map(each => (
          <div key={each.kind}>
            <dt>
              <code>{each.kind}</code>
            </dt>
            <dd>{whyNowhere(each)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
