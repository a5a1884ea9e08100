import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Training } from '../../api/types';
import { exact, NONE } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { EmptyState } from '../../ui/notes';
import { shortTitles } from '../titles';
import { columnsOf, type IColumn, type Told } from './evaluationColumns';

/** The latest numbers of each SAE on held-out text, and below them those of one that has learned nothing. */
export function EvaluationTab({
  training
}: {
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const saes = training.facts?.saes ?? [];
  const known = saes.flatMap(({ evaluation }) => evaluation ?? []);
  if (!known.length) {
    return (
      <EmptyState
        sentence={trans.__(
          'Not evaluated yet. That is done on held-out text while it runs, and at its end.'
        )}
      />
    );
  }
  const columns = columnsOf(known, trans);
  const titles = shortTitles(saes.map(each => each.title));
  return (
    <div className="jp-mistudio-wide">
      <table
        className="jp-mistudio-Counts"
        aria-label={trans.__('Evaluation on held-out text')}
      >
        <thead>
          <tr>
            <th scope="col">{trans.__('SAE')}</th>
            <th scope="col" data-number>
              {trans.__('Step')}
            </th>
            {columns.map(({ name, help, isText }) => (
              <th
                key={name}
                scope="col"
                title={help}
                data-number={isText ? undefined : true}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {saes.map(({ number, title, evaluation }, at) => (
            <React.Fragment key={number}>
              <tr>
                <th scope="row" title={title}>
                  {titles[at]}
                </th>
                <td data-number>{exact(evaluation?.step)}</td>
                <Cells columns={columns} found={evaluation} trans={trans} />
              </tr>
              {evaluation?.control && (
                <tr>
                  <th
                    scope="row"
                    title={trans.__(
                      'Of the same shape and as sparse, with random weights, on the same tokens: what is owed to the shape alone.'
                    )}
                  >
                    {trans.__('untrained')}
                  </th>
                  <td data-number>{NONE}</td>
                  <Cells
                    columns={columns}
                    found={{
                      ...evaluation.control,
                      tokens: evaluation.tokens,
                      effect_tokens: evaluation.effect_tokens
                    }}
                    trans={trans}
                  />
                </tr>
              )}
            </React.Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells(props: {
  columns: readonly IColumn[];
  found: Told | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { columns, found, trans } = props;
  return (
    <>
      {columns.map(({ name, of, over, why, isText }) => {
        const value = found && of(found);
        const tokens = found?.[over];
        const title = value
          ? trans.__('Over %1 tokens.', exact(tokens))
          : found && why?.(found);
        return (
          <td
            key={name}
            data-number={isText ? undefined : true}
            title={title ?? undefined}
          >
            {value ?? NONE}
            {!value && title && (
              <span className="jp-mistudio-forReaders"> {title}</span>
            )}
          </td>
        );
      })}
    </>
  );
}
