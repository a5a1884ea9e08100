import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { IMiStudio } from '../../tokens';
import { askUntilDone } from '../../ui/formDialog';
import type { FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';

const FIELDS = ['path', 'precision', 'name'];

/** Lets the reader choose a folder of the server; null where that was given up. */
export type ChooseFolder = () => Promise<string | null>;

/** Ask for a folder of the server that has a model in it. */
export async function askFolder(options: {
  studio: IMiStudio;
  add: (params: FormValue) => Promise<void>;
  first: FormValue;
  choose?: ChooseFolder;
}): Promise<void> {
  const { studio, add, choose } = options;
  const { trans } = studio;
  await askUntilDone<FormValue>({
    studio,
    title: trans.__('Add a model from a folder'),
    first: options.first,
    form: (value, onChange, error) => (
      <SchemaForm
        studio={studio}
        schema="AddModel"
        fields={FIELDS}
        autoFocus
        value={value}
        error={error}
        onChange={onChange}
      />
    ),
    detour: choose && {
      label: trans.__('Choose a folder…'),
      run: async value => {
        const path = await choose();
        return path === null ? value : { ...value, path };
      }
    },
    submit: async value => {
      if (!value.path) {
        throw new ApiError({
          message: trans.__('Say which folder.'),
          hint: '',
          code: 'missing',
          field: 'path',
          status: 0
        });
      }
      await add(value);
    }
  });
}
