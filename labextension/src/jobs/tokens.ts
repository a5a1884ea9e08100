import { Token } from '@lumino/coreutils';
import type { JobsDesk } from './desk';
import type { JobsModel } from './model';

/** All jobs of the workspace, kept up to date, and what can be done with them. */
export interface IJobs {
  readonly model: JobsModel;
  readonly desk: JobsDesk;
}

export const IJobs = new Token<IJobs>(
  'mistudio-labextension:IJobs',
  'The jobs of the miStudio workspace.'
);
