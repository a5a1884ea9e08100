import type {
  Capture,
  HookPoints,
  MemoryEstimate,
  Model,
  ModelCard,
  Sae,
  SaeList,
  StudioEvent,
  TriedText,
  TryModel
} from '../../api/types';
import type { EventStream } from '../../api/events';
import { Answer } from '../../ui/answer';
import type { FormValue } from '../../ui/formSchema';
import { ObjectDocument } from '../../ui/objects/objectDocument';
import type { ModelsDesk } from '../desk';
import type { Tab } from './tabNames';

/** A hook point of one layer. */
export interface IPlaceInLayer {
  layer: number;
  kind: string;
}

/** What the reader has typed or opened in a document; changing tabs loses none of it. */
export interface IDrafts {
  /** The hook point that is explained. */
  hook: IPlaceInLayer | null;
  /** Tens of layers that are folded, or unfolded, other than from the start. */
  folds: Readonly<Record<number, boolean>>;
  /** The form to try it. */
  tried: FormValue;
}

/** One model in a document of its own. */
export class ModelDocument extends ObjectDocument<Model, Capture, Tab> {
  constructor(desk: ModelsDesk, id: string) {
    super(desk, id, 'architecture');
    const { client } = desk.studio;
    const path = { id };
    this.hookPoints = new Answer(() =>
      client.get('/models/{id}/hook-points', { path })
    );
    this.memory = new Answer(() => client.get('/models/{id}/memory', { path }));
    this.card = new Answer(() => client.get('/models/{id}/card', { path }));
    this.tried = new Answer(body =>
      client.post('/models/{id}/try', { path, body })
    );
    this.askedSaes = new Answer(() =>
      client.get('/saes', { query: { model: id } })
    );
    this.askedSaes.changed.connect(this.onModel, this);
    desk.studio.events.received.connect(this.onEvents, this);
  }

  declare readonly desk: ModelsDesk;
  readonly hookPoints: Answer<HookPoints>;
  readonly memory: Answer<MemoryEstimate>;
  readonly card: Answer<ModelCard>;
  readonly tried: Answer<TriedText, [params: Partial<TryModel>]>;

  get captures(): Capture[] {
    return this.desk.model.nestedOf(this.id);
  }

  /** SAEs that read this model; none until they are known. */
  get saes(): readonly Sae[] {
    return this.askedSaes.value?.saes ?? [];
  }

  /** Have the SAEs at hand from now on. */
  wantSaes(): void {
    this.askedSaes.want();
  }

  get drafts(): Readonly<IDrafts> {
    return this._drafts;
  }

  draft(changes: Partial<IDrafts>): void {
    this._drafts = { ...this._drafts, ...changes };
    this.emitChanged();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.hookPoints.dispose();
      this.memory.dispose();
      this.card.dispose();
      this.tried.dispose();
      this.askedSaes.dispose();
      this.desk.studio.events.received.disconnect(this.onEvents, this);
      super.dispose();
    }
  }

  private onEvents(_: EventStream, events: StudioEvent[]): void {
    if (this.askedSaes.value && events.some(({ topic }) => topic === 'saes')) {
      void this.askedSaes.ask();
    }
  }

  private readonly askedSaes: Answer<SaeList>;

  private _drafts: IDrafts = { hook: null, folds: {}, tried: {} };
}
