import type { Job, ObjectState } from '../../api/types';

/** What all objects of the workspace have, whatever they are. */
export interface IRecord {
  id: string;
  name: string;
  tags: string[];
  notes: string;
  created: number;
  state: ObjectState;
  reason: string | null;
  job: Job | null;
}
