import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Dataset, Tokenization } from '../api/types';
import type { FormValue } from '../ui/formSchema';
import type { DatasetsDesk } from './desk';
import { SamplesModel } from './samplesModel';
import { TokensModel } from './tokensModel';

export type Tab = 'samples' | 'tokenizations' | 'preview' | 'about';
export const TABS: readonly Tab[] = [
  'samples',
  'tokenizations',
  'preview',
  'about'
];

/** What the reader has typed or opened in a document; changing tabs loses none of it. */
export interface IDrafts {
  /** The form for a new tokenization, while it is open. */
  tokenize: FormValue | null;
  /** The tokenization whose facts are unfolded. */
  unfolded: string | null;
  previewText: string;
  /** The tokenization whose tokenizer is used, empty for a folder's; null before a choice. */
  previewWith: string | null;
  previewFolder: string;
  previewSpecial: boolean;
  /** The tokenization under which the chosen sample is shown. */
  sampleWith: string;
}

/** One dataset in a document of its own. */
export class DatasetDocument implements IDisposable {
  constructor(
    readonly desk: DatasetsDesk,
    readonly id: string
  ) {
    this.samples = new SamplesModel(desk.studio.client, id);
    this.previewTokens = new TokensModel(desk.studio.client);
    this.sampleTokens = new TokensModel(desk.studio.client);
    desk.model.changed.connect(this.onModel, this);
    this.onModel();
  }

  readonly samples: SamplesModel;
  readonly previewTokens: TokensModel;
  readonly sampleTokens: TokensModel;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get dataset(): Dataset | undefined {
    return this.desk.model.dataset(this.id);
  }

  get tokenizations(): Tokenization[] {
    return this.desk.model.tokenizationsOf(this.id);
  }

  get tab(): Tab {
    return this._tab;
  }

  set tab(tab: Tab) {
    this._tab = tab;
    this._changed.emit();
  }

  get drafts(): Readonly<IDrafts> {
    return this._drafts;
  }

  draft(changes: Partial<IDrafts>): void {
    this._drafts = { ...this._drafts, ...changes };
    this._changed.emit();
  }

  /** Open the form for a new tokenization; it begins with the tokenizer that was used last. */
  beginTokenize(): void {
    const [latest] = [...this.desk.model.tokenizations].sort(
      (a, b) => b.created - a.created
    );
    const first = latest ? { tokenizer: latest.tokenizer.path } : {};
    // One that is open already keeps what was typed.
    this.draft({ tokenize: this._drafts.tokenize ?? first });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.desk.model.changed.disconnect(this.onModel, this);
      this.samples.dispose();
      Signal.clearData(this);
    }
  }

  private onModel(): void {
    this.samples.setTotal(this.dataset?.facts?.samples ?? 0);
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _drafts: IDrafts = {
    tokenize: null,
    unfolded: null,
    previewText: '',
    previewWith: null,
    previewFolder: '',
    previewSpecial: true,
    sampleWith: ''
  };
  private _isDisposed = false;
  private _tab: Tab = 'samples';
}
