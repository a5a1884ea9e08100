import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { ApiError } from '../api/errors';
import type { SchemaName, Sae, Training } from '../api/types';
import { askUntilDone } from '../ui/formDialog';
import type { FormValue } from '../ui/formSchema';
import { SchemaForm } from '../ui/schemaForm';
import type { TrainingDesk } from './desk';

interface IAskForm {
  title: string;
  okLabel: string;
  schema: SchemaName;
  fields: readonly string[];
  first: FormValue;
  /** Has a folder as its value, which can also be chosen. */
  folder?: string;
  submit: (value: FormValue) => Promise<unknown>;
}

/** For how many steps, or tokens, more. */
export function askExtend(
  desk: TrainingDesk,
  training: Training
): Promise<void> {
  const { trans } = desk.studio;
  return ask(desk, {
    title: trans.__('Extend “%1”', training.name),
    okLabel: trans.__('Extend'),
    schema: 'ExtendTraining',
    fields: ['steps', 'tokens'],
    first: {},
    submit: async value => {
      await desk.model.extend(training.id, value);
      await desk.model.refresh();
    }
  });
}

export function askImport(desk: TrainingDesk, first: FormValue): Promise<void> {
  const { trans } = desk.studio;
  return ask(desk, {
    title: trans.__('Import an SAE'),
    okLabel: trans.__('Import'),
    schema: 'ImportSae',
    fields: ['path', 'hook', 'name'],
    first,
    folder: 'path',
    submit: async value => {
      require(value, 'path', trans.__('Say which folder.'));
      await desk.model.importSae(value);
      await desk.model.refresh();
    }
  });
}

export function askExport(desk: TrainingDesk, sae: Sae): Promise<void> {
  const { trans } = desk.studio;
  return ask(desk, {
    title: trans.__('Export “%1”', sae.name),
    okLabel: trans.__('Export'),
    schema: 'ExportSae',
    fields: ['folder', 'format'],
    first: {},
    folder: 'folder',
    submit: async value => {
      require(value, 'folder', trans.__('Say which folder.'));
      await desk.model.exportSae(sae.id, value);
      Notification.info(
        trans.__('“%1” is written to %2.', sae.name, String(value.folder)),
        { autoClose: 5000 }
      );
    }
  });
}

async function ask(desk: TrainingDesk, asked: IAskForm): Promise<void> {
  const { studio, choose } = desk;
  const { folder } = asked;
  await askUntilDone<FormValue>({
    studio,
    title: asked.title,
    okLabel: asked.okLabel,
    first: asked.first,
    form: (value, onChange, error) => (
      <SchemaForm
        studio={studio}
        schema={asked.schema}
        fields={asked.fields}
        autoFocus
        value={value}
        error={error}
        onChange={onChange}
      />
    ),
    detour:
      folder && choose
        ? {
            label: studio.trans.__('Choose a folder…'),
            run: async value => {
              const path = await choose();
              return path === null ? value : { ...value, [folder]: path };
            }
          }
        : undefined,
    submit: async value => {
      await asked.submit(value);
    }
  });
}

function require(value: FormValue, field: string, message: string): void {
  if (!value[field]) {
    throw new ApiError({
      message,
      hint: '',
      code: 'missing',
      field,
      status: 0
    });
  }
}
