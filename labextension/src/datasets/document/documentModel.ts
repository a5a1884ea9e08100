import type { Dataset, Tokenization } from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import { ObjectDocument } from '../../ui/objects/objectDocument';
import type { DatasetsDesk } from '../desk';
import { ComparisonModel } from '../compare/comparisonModel';
import { CleaningModel } from '../deriving/cleaningModel';
import { AllSamples } from '../samples/allSamples';
import { ChosenSample } from '../samples/chosenSample';
import { FoundSamples } from '../samples/foundSamples';
import { SampleTokens } from '../samples/sampleTokens';
import { StatisticsStore } from '../statistics/statisticsStore';
import { TokensModel } from '../tokens/tokensModel';
import type { Tab } from './tabNames';

/** What the reader has typed or opened in a document; changing tabs loses none of it. */
export interface IDrafts {
  /** The form for a new tokenization, while it is open. */
  tokenize: FormValue | null;
  /** Its preview: the text, null for the first sample's, and whether it is open. */
  formText: string | null;
  formPreview: boolean;
  /** The tokenization whose facts are unfolded. */
  unfolded: string | null;
  previewText: string;
  /** The tokenization whose tokenizer is used, empty for a folder's; null before a choice. */
  previewWith: string | null;
  previewFolder: string;
  previewSpecial: boolean;
  /** How samples are shown: “text”, or the tokenization under which; empty for what fits the sample. */
  sampleWith: string;
  /** The tokenization whose statistics are shown; null for the first. */
  statisticsOf: string | null;
  /** The form for a cleaned dataset. */
  clean: FormValue;
  /** The form for a shuffled or split one. */
  arrange: FormValue;
  /** The model that tokenizations are checked with. */
  checkedModel: string;
}

/** One dataset in a document of its own. */
export class DatasetDocument extends ObjectDocument<
  Dataset,
  Tokenization,
  Tab
> {
  constructor(desk: DatasetsDesk, id: string) {
    super(desk, id, 'samples');
    const { client } = desk.studio;
    this.samples = new AllSamples(client, id);
    this.found = new FoundSamples(client, id);
    this.chosen = new ChosenSample(client, id);
    this.sampleTokens = new SampleTokens(client);
    this.previewTokens = new TokensModel(client);
    this.formTokens = new TokensModel(client);
    this.statistics = new StatisticsStore(client);
    this.comparison = new ComparisonModel(client);
    this.cleaning = new CleaningModel(client, id);
    this.onModel();
  }

  declare readonly desk: DatasetsDesk;

  readonly samples: AllSamples;
  readonly found: FoundSamples;
  readonly chosen: ChosenSample;
  readonly sampleTokens: SampleTokens;
  readonly previewTokens: TokensModel;
  /** Of the form for a new tokenization. */
  readonly formTokens: TokensModel;
  readonly statistics: StatisticsStore;
  readonly comparison: ComparisonModel;
  readonly cleaning: CleaningModel;

  get dataset(): Dataset | undefined {
    return this.object;
  }

  get tokenizations(): Tokenization[] {
    return this.desk.model.tokenizationsOf(this.id);
  }

  get drafts(): Readonly<IDrafts> {
    return this._drafts;
  }

  draft(changes: Partial<IDrafts>): void {
    this._drafts = { ...this._drafts, ...changes };
    this.emitChanged();
  }

  /** Open the form for a new tokenization; it begins with the tokenizer that was used last. */
  beginTokenize(): void {
    const [latest] = [...this.desk.model.tokenizations].sort(
      (a, b) => b.created - a.created
    );
    const first = latest ? { tokenizer: latest.id } : {};
    // One that is open already keeps what was typed.
    this.draft({ tokenize: this._drafts.tokenize ?? first });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.samples.dispose();
      this.found.dispose();
      this.chosen.dispose();
      this.sampleTokens.dispose();
      this.statistics.dispose();
      this.comparison.dispose();
      this.cleaning.dispose();
      super.dispose();
    }
  }

  protected override onModel(): void {
    this.samples.setTotal(this.dataset?.facts?.samples ?? 0);
    for (const each of this.tokenizations) {
      this.statistics.note(each);
    }
    super.onModel();
  }

  private _drafts: IDrafts = {
    tokenize: null,
    formText: null,
    formPreview: true,
    unfolded: null,
    previewText: '',
    previewWith: null,
    previewFolder: '',
    previewSpecial: true,
    sampleWith: '',
    statisticsOf: null,
    clean: {},
    arrange: {},
    checkedModel: ''
  };
}
