import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { failedIcon, succeededIcon } from '../ui/icons';
import { useTrans } from '../ui/hooks';
import { warningIcon } from './icons';

export interface IFinding {
  level: 'ok' | 'warning' | 'refusal';
  text: string;
  remedy: string;
  /** Where and when it was found. */
  place?: string;
  /** Follows the remedy. */
  action?: { label: string; run: () => void };
}

const ICONS = {
  ok: succeededIcon,
  warning: warningIcon,
  refusal: failedIcon
};

/** What was found, each with what to do about it. */
export function Findings(props: {
  findings: readonly IFinding[];
}): JSX.Element | null {
  const trans = useTrans();
  const words = {
    ok: trans.__('good'),
    warning: trans.__('warning'),
    refusal: trans.__('in the way')
  };
  return props.findings.length ? (
    <ul className="jp-mistudio-Findings" aria-label={trans.__('Findings')}>
      {props.findings.map((each, at) => {
        const Icon = ICONS[each.level].react;
        return (
          <li key={at} data-level={each.level}>
            <Icon tag="span" aria-hidden />
            <div>
              <strong className="jp-mistudio-Findings-level">
                {words[each.level]}
              </strong>{' '}
              <bdi>{each.text}</bdi>
              {each.remedy && (
                <p>
                  <bdi>{each.remedy}</bdi>
                </p>
              )}
              {each.action && (
                <Button
                  className="jp-mod-styled"
                  small
                  onClick={each.action.run}
                >
                  {each.action.label}
                </Button>
              )}
              {each.place && (
                <p className="jp-mistudio-faint">
                  <bdi>{each.place}</bdi>
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  ) : null;
}
