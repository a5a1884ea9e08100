import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeletePlan } from '../../api/types';
import { bytes } from '../format';

const LISTED = 8;

/** What would go, in the server's own words, and what stands against it. */
export function DeleteStatement(props: {
  plans: readonly DeletePlan[];
  trans: TranslationBundle;
}): JSX.Element {
  const { plans, trans } = props;
  const blocked = [...new Set(plans.flatMap(plan => plan.blocked_by))];
  const total = plans.reduce((sum, plan) => sum + plan.bytes, 0);
  return (
    <div className="jp-mistudio-DeleteStatement">
      {plans.map(plan => (
        <section key={plan.id}>
          <p>{plan.statement}</p>
          {plan.also.length > 0 && (
            <ul aria-label={trans.__('Goes along')}>
              {plan.also.slice(0, LISTED).map(item => (
                <li key={item.id}>
                  <bdi>{item.name}</bdi>{' '}
                  <span className="jp-mistudio-faint">
                    {item.kind} {item.id}
                  </span>
                </li>
              ))}
              {plan.also.length > LISTED && (
                <li>{trans.__('and %1 more', plan.also.length - LISTED)}</li>
              )}
            </ul>
          )}
        </section>
      ))}
      {plans.length > 1 && (
        <p>{trans.__('In all, %1 are freed.', bytes(total))}</p>
      )}
      {blocked.length > 0 && (
        <div className="jp-mistudio-DeleteStatement-blocked" role="alert">
          <p>
            {trans.__(
              'Nothing is deleted while these jobs use it. Wait for them, or cancel them first:'
            )}
          </p>
          <ul>
            {blocked.map(label => (
              <li key={label}>
                <bdi>{label}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** Ask once for all; true when the reader agreed to just this. */
export async function askDelete(
  plans: readonly DeletePlan[],
  trans: TranslationBundle
): Promise<boolean> {
  const isBlocked = plans.some(plan => plan.blocked_by.length > 0);
  const dialog = new Dialog({
    title: isBlocked
      ? trans.__('It is in use')
      : trans._n('Delete it?', 'Delete these %1?', plans.length, plans.length),
    body: <DeleteStatement plans={plans} trans={trans} />,
    buttons: isBlocked
      ? [Dialog.cancelButton({ label: trans.__('Close') })]
      : [
          Dialog.cancelButton({ label: trans.__('Keep') }),
          Dialog.warnButton({ label: trans.__('Delete') })
        ],
    // What is deleted here is gone: Enter alone must not do it.
    defaultButton: 0
  });
  const { button } = await dialog.launch();
  return button.accept;
}
