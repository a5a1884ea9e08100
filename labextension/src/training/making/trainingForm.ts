import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type {
  Architecture,
  Capture,
  Started,
  TrainEstimate
} from '../../api/types';
import type { FieldChoices, FormValue, IChoice } from '../../ui/formSchema';
import { MakingForm } from '../../ui/making/makingForm';
import type { TrainingDesk } from '../desk';
import { DirectReading } from './directReading';
import {
  changedOnly,
  isCapture,
  isWhole,
  sourcesOf,
  type Read,
  type StreamRead
} from './draft';
import {
  EVERYTHING,
  planOf,
  variantsOf,
  type Asked,
  type IPlan
} from './variants';

/** A training about to be started: what is read, and what learns from it. */
export class TrainingForm extends MakingForm<TrainingDesk, TrainEstimate> {
  constructor(options: MakingForm.IOptions<TrainingDesk>) {
    super(options);
    this.direct = new DirectReading({
      studio: this.desk.studio,
      changed: () => this.onDirect()
    });
    const [first, ...others] = this.sources;
    this._isDirect = first !== undefined && !isCapture(first) && !others.length;
    this.direct.watch(this._isDirect, this.stream);
    void this.readSchema();
  }

  /** What can be chosen where a model is read directly. */
  readonly direct: DirectReading;

  /** Whether a model is read, and not what was captured. */
  get isDirect(): boolean {
    return this._isDirect;
  }

  set isDirect(isDirect: boolean) {
    if (isDirect !== this._isDirect) {
      this._isDirect = isDirect;
      this.sources = isDirect ? [{}] : [];
      this.direct.watch(isDirect, this.stream);
    }
  }

  /** What is read directly, as far as it was chosen. */
  get stream(): StreamRead {
    const [first] = this.sources;
    return first !== undefined && !isCapture(first) ? first : {};
  }

  set stream(stream: StreamRead) {
    const isOther = stream.model !== this.stream.model;
    this.sources = [isOther ? this.direct.fitting(stream) : stream];
    if (isOther) {
      this.direct.readPoints(stream);
    }
  }

  /** Whether it is known what is read. */
  get isReadable(): boolean {
    return this.sources.length > 0 && this.sources.every(isWhole);
  }

  /** What it can be asked for; null before that is known. */
  get schema(): Client.IJsonSchema | null {
    return this._schema;
  }

  /** What can be chosen for a field whose schema cannot know it. */
  get choices(): FieldChoices {
    return this._choices;
  }

  get sources(): readonly Read[] {
    return sourcesOf(this._value);
  }

  set sources(sources: readonly Read[]) {
    const { mixing: _, ...rest } = this._value;
    this.value =
      sources.length > 1
        ? { ...this._value, sources }
        : { ...rest, sources: sources.map(alone) };
    this.keepHooks();
  }

  /** The chosen captures, as far as they are there. */
  get captures(): Capture[] {
    const { nested } = this.desk.sources;
    return this.sources
      .filter(isCapture)
      .flatMap(({ capture }) => nested.find(each => each.id === capture) ?? []);
  }

  /** Hook points that all sources have, in the order of the forward pass. */
  get hooks(): string[] {
    if (this._isDirect) {
      return this.direct.hooks(this.stream);
    }
    const [first, ...others] = this.captures.map(hooksIn);
    return (first ?? []).filter(hook =>
      others.every(each => each.includes(hook))
    );
  }

  get saes(): readonly Asked[] {
    return (this._value.saes as Asked[] | undefined) ?? [];
  }

  set saes(saes: readonly Asked[]) {
    const { saes: _, ...rest } = this._value;
    this.value = saes.length ? { ...rest, saes } : rest;
  }

  /** Null where the SAEs are others than each hook point with each number. */
  get plan(): IPlan | null {
    return this.saes.length ? planOf(this.saes) : EVERYTHING;
  }

  set plan(plan: IPlan) {
    this.saes = variantsOf(plan);
  }

  override retry(): void {
    if (!this._schema) {
      void this.readSchema();
    }
    super.retry();
  }

  override dispose(): void {
    this.direct.dispose();
    super.dispose();
  }

  protected get missing(): string | null {
    const { trans } = this.desk.studio;
    if (!this._isDirect) {
      return this.sources.length ? null : trans.__('Choose a capture.');
    }
    const { model, tokenization, hooks } = this.stream;
    return !model
      ? trans.__('Choose a model.')
      : !tokenization
        ? trans.__('Choose a text.')
        : hooks?.length === 0
          ? trans.__('Tick at least one hook point.')
          : null;
  }

  protected askEstimate(asked: FormValue): Promise<TrainEstimate> {
    return this.desk.studio.client.post('/trainings/estimate', {
      body: { ...asked, sources: sourcesOf(asked).filter(isWhole) as never }
    });
  }

  protected make(asked: FormValue): Promise<Started> {
    return this.desk.studio.client.post('/trainings', { body: asked });
  }

  private async readSchema(): Promise<void> {
    try {
      const { studio } = this.desk;
      const [schema, { architectures }] = await Promise.all([
        studio.schema('Train'),
        studio.client.get('/architectures')
      ]);
      this._choices = { architecture: architectures.map(choiceOf) };
      // A training that is cloned gives all it has.
      this._value = changedOnly(schema, this._value);
      this._schema = schema;
    } catch (thrown) {
      this._error = ApiError.from(thrown);
    }
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  /** What another capture had and this one lacks cannot stay chosen. */
  private keepHooks(): void {
    const { plan, hooks } = this;
    const isKnown = this._isDirect ? this.direct.points : this.captures.length;
    if (plan && isKnown) {
      const kept = plan.hooks.filter(each => hooks.includes(each));
      const out = hooks.includes(plan.out ?? '') ? plan.out : null;
      if (kept.length < plan.hooks.length || out !== plan.out) {
        this.plan = { ...plan, hooks: kept, out };
      }
    }
  }

  /** Other things can be chosen. */
  private onDirect(): void {
    if (this._isDirect) {
      this.sources = [this.direct.fitting(this.stream)];
    }
    this._changed.emit();
  }

  private _choices: FieldChoices = {};
  private _isDirect: boolean;
  private _schema: Client.IJsonSchema | null = null;
}

/** Of one source alone there is nothing to weigh. */
function alone(source: Read): Read {
  const { weight: _, weight_at_end: __, ...rest } = source;
  return rest as Read;
}

/** Of one that a package brings, which package that is. */
function choiceOf({ name, package: from, help }: Architecture): IChoice {
  const detail = [from, help].filter(Boolean).join(': ');
  return { value: name, ...(detail && { detail }) };
}

export function hooksIn({ facts, hooks }: Capture): string[] {
  return facts?.hooks.length ? facts.hooks.map(each => each.hook) : hooks;
}
