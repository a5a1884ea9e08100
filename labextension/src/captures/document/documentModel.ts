import type { Capture } from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import { ObjectDocument } from '../../ui/objects/objectDocument';
import type { CapturesDesk } from '../desk';
import { VectorRows } from '../vectors/vectorRows';
import type { Tab } from './tabNames';

/** What the reader has typed in a document; changing tabs loses none of it. */
export interface IDrafts {
  append: FormValue;
  export: FormValue;
}

/** One capture in a document of its own. */
export class CaptureDocument extends ObjectDocument<Capture, never, Tab> {
  constructor(
    override readonly desk: CapturesDesk,
    id: string
  ) {
    super(desk, id, 'statistics');
    this.vectors = new VectorRows(desk.studio.client, id);
    this.onModel();
  }

  readonly vectors: VectorRows;

  get drafts(): Readonly<IDrafts> {
    return this._drafts;
  }

  draft(changes: Partial<IDrafts>): void {
    this._drafts = { ...this._drafts, ...changes };
    this.emitChanged();
  }

  override dispose(): void {
    this.vectors.dispose();
    super.dispose();
  }

  protected override onModel(): void {
    // More may have been added.
    this.vectors?.grow(this.object?.facts?.tokens ?? 0);
    super.onModel();
  }

  private _drafts: IDrafts = { append: {}, export: {} };
}
