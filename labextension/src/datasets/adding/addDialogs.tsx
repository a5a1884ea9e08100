import * as React from 'react';
import type { AddDataset } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import { askUntilDone } from '../../ui/formDialog';
import { PasteForm, type IPasted } from './pasteForm';

export type Add = (params: Partial<AddDataset>) => Promise<void>;

/** Ask for texts, one sample a line, a paragraph, or all of it. */
export async function askTexts(options: {
  studio: IMiStudio;
  add: Add;
}): Promise<void> {
  const { studio, add } = options;
  await askUntilDone<IPasted>({
    studio,
    title: studio.trans.__('Add texts'),
    first: { name: '', text: '', by: 'line' },
    form: (value, onChange, error) => (
      <PasteForm value={value} error={error} onChange={onChange} />
    ),
    submit: value => add(PasteForm.params(value))
  });
}
