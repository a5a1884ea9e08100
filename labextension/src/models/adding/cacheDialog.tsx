import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { IMiStudio } from '../../tokens';
import { askUntilDone } from '../../ui/formDialog';
import type { FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';
import { CachedChoice } from './cachedChoice';

/** Ask for a model that another tool has downloaded already. */
export async function askCached(options: {
  studio: IMiStudio;
  add: (params: FormValue) => Promise<void>;
}): Promise<void> {
  const { studio, add } = options;
  const { trans } = studio;
  await askUntilDone<FormValue>({
    studio,
    title: trans.__('Add a model of the hub’s cache'),
    first: {},
    form: (value, onChange, error) => (
      <>
        <CachedChoice
          studio={studio}
          value={value.cached}
          onChange={cached => onChange({ ...value, cached })}
        />
        <SchemaForm
          studio={studio}
          schema="AddModel"
          fields={['precision', 'name']}
          value={value}
          error={error}
          onChange={onChange}
        />
      </>
    ),
    submit: async value => {
      if (!value.cached) {
        throw new ApiError({
          message: trans.__('Choose a model of the list.'),
          hint: '',
          code: 'missing',
          status: 0
        });
      }
      await add(value);
    }
  });
}
