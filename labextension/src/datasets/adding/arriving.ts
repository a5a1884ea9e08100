import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { AddDataset, SourceLook } from '../../api/types';

/** A part of what adding a dataset takes. */
export type Draft = Partial<AddDataset>;

const LOOKED_AT = [
  'path',
  'upload',
  'sample_by',
  'rows',
  'columns',
  'separator',
  'split_column'
] as const;

/** What of a draft says where the text is, and how it is read. */
export function lookOf(draft: Draft): Draft {
  return Object.fromEntries(
    LOOKED_AT.filter(name => draft[name] !== undefined).map(name => [
      name,
      draft[name]
    ])
  );
}

/** Add it where it is plain how it is read; else give what was seen, so that somebody decides. */
export async function addIfPlain(
  client: Client,
  draft: Draft
): Promise<SourceLook | null> {
  let look: SourceLook | null = null;
  try {
    look = await client.post('/datasets/look', { body: lookOf(draft) });
  } catch (thrown) {
    const error = ApiError.from(thrown);
    // Where only the looking fails, the job that reads it says what is wrong.
    if (error.status < 500) {
      throw error;
    }
  }
  if (look && look.problem !== null) {
    return look;
  }
  await client.post('/datasets', { body: draft });
  return null;
}
