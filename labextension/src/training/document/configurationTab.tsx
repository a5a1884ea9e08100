import { Clipboard } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Client } from '../../api/client';
import type { Training } from '../../api/types';
import { exact, measured, NONE, significant } from '../../ui/format';
import { formGroups, inWords } from '../../ui/formSchema';
import { useTrans } from '../../ui/hooks';
import { trainingCode } from '../making/code';
import { changedOnly, draftOf } from '../making/draft';
import type { TrainingDocument } from './documentModel';

/** All it was asked for, and what came of what was left open. */
export function ConfigurationTab(props: {
  document: TrainingDocument;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { document, training } = props;
  const { studio, actions } = document.desk;
  const schema = useSchema(studio);
  return (
    <div className="jp-mistudio-Configuration">
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled"
          onClick={() =>
            void trainingCode(studio, draftOf(training)).then(code =>
              Clipboard.copyToSystem(code)
            )
          }
        >
          {trans.__('Copy as code')}
        </Button>
        <Button
          className="jp-mod-styled"
          onClick={() => actions.clone(training)}
        >
          {trans.__('Clone with changes…')}
        </Button>
      </div>
      <Saes training={training} />
      {schema && <Parameters schema={schema} training={training} />}
    </div>
  );
}

function Saes({ training }: { training: Training }): JSX.Element | null {
  const trans = useTrans();
  const saes = training.facts?.saes ?? [];
  const isTranscoder = saes.some(each => each.out_hook !== each.hook);
  return saes.length ? (
    <>
      <h3>{trans.__('SAEs')}</h3>
      <div className="jp-mistudio-wide">
        <table className="jp-mistudio-Counts" aria-label={trans.__('SAEs')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Reads at')}</th>
              {isTranscoder && <th scope="col">{trans.__('Reconstructs')}</th>}
              <th scope="col" data-number>
                {trans.__('Width')}
              </th>
              <th scope="col" data-number>
                {trans.__('k')}
              </th>
              <th scope="col" data-number>
                {trans.__('Learning rate')}
              </th>
              <th scope="col" data-number>
                {trans.__('Best step')}
              </th>
            </tr>
          </thead>
          <tbody>
            {saes.map(each => (
              <tr key={each.number}>
                <td>{each.hook}</td>
                {isTranscoder && <td>{each.out_hook}</td>}
                <td data-number>{exact(each.width)}</td>
                <td data-number>{exact(each.k)}</td>
                <td data-number>{measured(each.learning_rate)}</td>
                <td data-number>{exact(each.best_step)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  ) : null;
}

/** In the order of the schema; what differs from the defaults is marked. */
function Parameters(props: {
  schema: Client.IJsonSchema;
  training: Training;
}): JSX.Element {
  const trans = useTrans();
  const { schema, training } = props;
  const draft = draftOf(training);
  const changed = changedOnly(schema, draft);
  return (
    <>
      <h3>{trans.__('Parameters')}</h3>
      <table className="jp-mistudio-Facts" aria-label={trans.__('Parameters')}>
        <tbody>
          {Object.entries(schema.properties ?? {})
            .filter(
              ([name]) =>
                name in draft &&
                name !== 'saes' &&
                formGroups(schema, draft, { fields: [name] }).length > 0
            )
            .map(([name, field]) => (
              <tr key={name} title={field.description}>
                <th scope="row">{field.title ?? inWords(name)}</th>
                <td>
                  {name in changed ? (
                    <strong>{valueWord(draft[name])}</strong>
                  ) : (
                    valueWord(draft[name])
                  )}
                  {field.unit && draft[name] !== null && ` ${field.unit}`}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <p className="jp-mistudio-faint">
        {trans.__('Bold: not as it is by default.')}
      </p>
    </>
  );
}

function valueWord(value: unknown): string {
  if (value === null || value === undefined || value === '') {
    return NONE;
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? exact(value) : significant(value, 9);
  }
  if (Array.isArray(value)) {
    return value.map(valueWord).join(', ') || NONE;
  }
  if (typeof value === 'object') {
    return Object.values(value)
      .filter(each => each !== null)
      .map(valueWord)
      .join(' × ');
  }
  return String(value);
}

function useSchema(
  studio: TrainingDocument['desk']['studio']
): Client.IJsonSchema | null {
  const [schema, setSchema] = React.useState<Client.IJsonSchema | null>(null);
  React.useEffect(() => {
    // Without it the rest is shown all the same.
    studio.schema('Train').then(setSchema, () => undefined);
  }, [studio]);
  return schema;
}
