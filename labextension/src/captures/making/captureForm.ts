import type { ApiError } from '../../api/errors';
import type { CaptureEstimate, HookPoints, Started } from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import { chosenOf, hooksOf } from '../../ui/layers/chosen';
import { columnsOf } from '../../ui/layers/columns';
import { ModelPoints } from '../../ui/layers/modelPoints';
import { MakingForm } from '../../ui/making/makingForm';
import type { CapturesDesk } from '../desk';
import { bestTokenization } from './fitting';

/** A capture about to be made: which text is read, and where in the model. */
export class CaptureForm extends MakingForm<CapturesDesk, CaptureEstimate> {
  constructor(options: MakingForm.IOptions<CapturesDesk>) {
    super(options);
    this.desk.model.deleted.connect(this.ask, this);
    this.chooseText();
    void this.readPoints();
  }

  /** Where the chosen model can be read; null before that is known. */
  get points(): HookPoints | null {
    return this.modelPoints.points;
  }

  /** Why it is not known. */
  get pointsError(): ApiError | null {
    return this.modelPoints.error;
  }

  /** Those that are ticked: what was chosen, else what the server would take. */
  get hooks(): readonly string[] {
    return (
      (this._value.hooks as string[] | undefined) ?? this.estimate?.hooks ?? []
    );
  }

  /** Ask again where the model can be read. */
  async readPoints(): Promise<void> {
    await this.modelPoints.read(this._value.model);
  }

  override dispose(): void {
    this.desk.model.deleted.disconnect(this.ask, this);
    super.dispose();
  }

  protected get missing(): string | null {
    const { trans } = this.desk.studio;
    if (!this._value.model) {
      return trans.__('Choose a model.');
    }
    if (!this._value.tokenization) {
      return trans.__('Choose a text.');
    }
    if (this._value.hooks && !this.hooks.length) {
      return trans.__('Tick at least one hook point.');
    }
    return null;
  }

  protected askEstimate(asked: FormValue): Promise<CaptureEstimate> {
    return this.desk.studio.client.post('/captures/estimate', { body: asked });
  }

  protected make(asked: FormValue): Promise<Started> {
    return this.desk.studio.client.post('/captures', { body: asked });
  }

  protected override onValue(before: FormValue): void {
    if (before.model !== this._value.model) {
      this.chooseText();
      void this.readPoints();
    }
  }

  protected override onReachable(): void {
    if (this.pointsError?.isConnection) {
      void this.readPoints();
    }
    super.onReachable();
  }

  /** What was not there to be chosen may be so now. */
  protected override onSources(): void {
    this.chooseText();
    super.onSources();
  }

  /** A text cut by the model's own tokenizer, until somebody chooses. */
  private chooseText(): void {
    const { sources, studio } = this.desk;
    const model = sources.model(this._value.model);
    if (model && !this._value.tokenization) {
      const found = bestTokenization(
        sources.tokenizations,
        model,
        studio.trans
      );
      if (found) {
        this._value = { ...this._value, tokenization: found.id };
        this.ask();
      }
    }
  }

  /** What another model had and this one lacks cannot stay ticked. */
  private keepOnly(points: HookPoints): void {
    const { hooks } = this._value as { hooks?: string[] };
    if (hooks) {
      const columns = columnsOf(points);
      const kept = hooksOf(
        chosenOf(hooks, columns, points.layers),
        columns,
        points.layers
      );
      const { hooks: _, ...rest } = this._value;
      this._value =
        kept.length || !hooks.length ? { ...rest, hooks: kept } : rest;
      this.ask();
    }
  }

  private onPoints(): void {
    if (!this.isDisposed) {
      if (this.points) {
        this.keepOnly(this.points);
      }
      this._changed.emit();
    }
  }

  private readonly modelPoints = new ModelPoints({
    client: this.desk.studio.client,
    changed: () => this.onPoints()
  });
}
