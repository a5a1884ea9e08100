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
  isStream,
  isWhole,
  sourcesOf,
  type CaptureRead,
  type Read,
  type StreamRead
} from './draft';
import { used } from './used';
import {
  EVERYTHING,
  planOf,
  variantsOf,
  type Asked,
  type IPlan
} from './variants';

/** Whether it is read what was captured, or a model directly, or the one mixed with the other. */
export type From = 'captures' | 'direct' | 'both';

/** A training about to be started: what is read, and what learns from it. */
export class TrainingForm extends MakingForm<TrainingDesk, TrainEstimate> {
  constructor(options: MakingForm.IOptions<TrainingDesk>) {
    super(options);
    this.direct = new DirectReading({
      studio: this.desk.studio,
      changed: () => this.onDirect()
    });
    const { sources } = this;
    this._from = !sources.some(isStream)
      ? 'captures'
      : sources.length === 1
        ? 'direct'
        : 'both';
    this.direct.watch(this.isDirect, this.stream);
    void this.readSchema();
  }

  /** What can be chosen where a model is read directly. */
  readonly direct: DirectReading;

  get from(): From {
    return this._from;
  }

  set from(from: From) {
    if (from === this._from) {
      return;
    }
    const captures = from === 'direct' ? [] : this.sources.filter(isCapture);
    const [stream = this.beside(captures)] = this.sources.filter(isStream);
    this._from = from;
    this.sources = [...captures, ...(this.isDirect ? [stream] : [])];
    this.direct.watch(this.isDirect, this.stream);
  }

  /** Whether a model is read directly, alone or beside captures. */
  get isDirect(): boolean {
    return this._from !== 'captures';
  }

  /** What is read directly, as far as it was chosen: the first, where there are several. */
  get stream(): StreamRead {
    return this.sources.find(isStream) ?? {};
  }

  set stream(stream: StreamRead) {
    const isOther = stream.model !== this.stream.model;
    this.change(this.stream, isOther ? this.direct.fitting(stream) : stream);
    if (isOther) {
      this.direct.readPoints(stream);
    }
  }

  /** Whether it is known what is read. */
  get isReadable(): boolean {
    return this.sources.length > 0 && this.sources.every(isWhole);
  }

  /** What is asked for. */
  get wanted(): FormValue {
    return this.wantedOf(this._value);
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

  /** Have another source in the place of one. */
  change(source: Read, next: Read): void {
    this.sources = this.sources.map(each => (each === source ? next : each));
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
    const [first, ...others] = [
      ...(this.isDirect ? [this.direct.hooks(this.stream)] : []),
      ...this.captures.map(hooksIn)
    ];
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
    if (
      this._from !== 'direct' &&
      this.sources.length < (this.isDirect ? 2 : 1)
    ) {
      return trans.__('Choose a capture.');
    }
    if (!this.isDirect) {
      return null;
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

  protected askEstimate(value: FormValue): Promise<TrainEstimate> {
    const asked = this.wantedOf(value);
    return this.desk.studio.client.post('/trainings/estimate', {
      body: { ...asked, sources: sourcesOf(asked).filter(isWhole) as never }
    });
  }

  protected make(value: FormValue): Promise<Started> {
    return this.desk.studio.client.post('/trainings', {
      body: this.wantedOf(value)
    });
  }

  private wantedOf(value: FormValue): FormValue {
    return this._schema ? used(this._schema, value) : value;
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

  /** What can be mixed with captures: the same model, as and where they were made. */
  private beside(captures: readonly CaptureRead[]): StreamRead {
    const [first] = this.captures.filter(({ id }) =>
      captures.some(({ capture }) => capture === id)
    );
    if (!first) {
      return {};
    }
    const { model, facts, precision: asked } = first;
    const precision = facts?.precision ?? asked;
    const isUsual = precision === this.desk.sources.head(model)?.precision;
    return { model, hooks: this.hooks, ...(!isUsual && { precision }) };
  }

  /** What another capture had and this one lacks cannot stay chosen. */
  private keepHooks(): void {
    const { plan, hooks } = this;
    const isKnown = this.isDirect ? this.direct.points : this.captures.length;
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
    if (this.isDirect) {
      this.change(this.stream, this.direct.fitting(this.stream));
    }
    this._changed.emit();
  }

  private _choices: FieldChoices = {};
  private _from: From;
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
