import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type {
  Capture,
  Started,
  TrainEstimate,
  TrainingSource
} from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import { MakingForm } from '../../ui/making/makingForm';
import type { TrainingDesk } from '../desk';
import { changedOnly, sourcesOf } from './draft';
import {
  EVERYTHING,
  planOf,
  variantsOf,
  type Asked,
  type IPlan
} from './variants';

/** A training about to be started: which captures are read, and what learns from them. */
export class TrainingForm extends MakingForm<TrainingDesk, TrainEstimate> {
  constructor(options: MakingForm.IOptions<TrainingDesk>) {
    super(options);
    void this.readSchema();
  }

  /** What it can be asked for; null before that is known. */
  get schema(): Client.IJsonSchema | null {
    return this._schema;
  }

  get sources(): readonly TrainingSource[] {
    return sourcesOf(this._value);
  }

  set sources(sources: readonly TrainingSource[]) {
    const { mixing: _, ...rest } = this._value;
    this.value =
      sources.length > 1
        ? { ...this._value, sources }
        : { ...rest, sources: sources.map(({ capture }) => ({ capture })) };
    this.keepHooks();
  }

  /** The chosen captures, as far as they are there. */
  get captures(): Capture[] {
    const { nested } = this.desk.sources;
    return this.sources.flatMap(
      ({ capture }) => nested.find(each => each.id === capture) ?? []
    );
  }

  /** Hook points that all of them have. */
  get hooks(): string[] {
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

  protected get missing(): string | null {
    return this.sources.length
      ? null
      : this.desk.studio.trans.__('Choose a capture.');
  }

  protected askEstimate(asked: FormValue): Promise<TrainEstimate> {
    return this.desk.studio.client.post('/trainings/estimate', { body: asked });
  }

  protected make(asked: FormValue): Promise<Started> {
    return this.desk.studio.client.post('/trainings', { body: asked });
  }

  private async readSchema(): Promise<void> {
    try {
      const schema = await this.desk.studio.schema('Train');
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
    if (plan && this.captures.length) {
      const kept = plan.hooks.filter(each => hooks.includes(each));
      const out = hooks.includes(plan.out ?? '') ? plan.out : null;
      if (kept.length < plan.hooks.length || out !== plan.out) {
        this.plan = { ...plan, hooks: kept, out };
      }
    }
  }

  private _schema: Client.IJsonSchema | null = null;
}

export function hooksIn({ facts, hooks }: Capture): string[] {
  return facts?.hooks.length ? facts.hooks.map(each => each.hook) : hooks;
}
