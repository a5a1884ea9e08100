import { Debouncer } from '@lumino/polling';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type {
  Capture,
  Started,
  TrainEstimate,
  TrainingSource
} from '../../api/types';
import type { FormValue } from '../../ui/formSchema';
import type { TrainingDesk } from '../desk';
import { asEstimate, changedOnly, sourcesOf } from './draft';
import {
  EVERYTHING,
  planOf,
  variantsOf,
  type Asked,
  type IPlan
} from './variants';

/** A pause in typing. */
const SETTLE = 400;

/** A training about to be started: what was asked for so far, and what it would take. */
export class TrainingForm implements IDisposable {
  constructor(private readonly options: TrainingForm.IOptions) {
    const { desk } = options;
    this._value = options.draft;
    this.settle = new Debouncer(
      () => this.estimateNow(),
      options.settle ?? SETTLE
    );
    desk.sources.changed.connect(this.onSources, this);
    desk.studio.events.stateChanged.connect(this.onConnection, this);
    void this.readSchema();
    this.ask();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get desk(): TrainingDesk {
    return this.options.desk;
  }

  get value(): FormValue {
    return this._value;
  }

  set value(value: FormValue) {
    const before = this._value;
    this._value = value;
    this._error = null;
    if (keyOf(before) !== keyOf(value)) {
      this.ask();
    }
    this._changed.emit();
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

  /** What it would take, as it was asked for last. */
  get estimate(): TrainEstimate | null {
    return this._estimate;
  }

  /** Why nobody knows what it would take, or why the server did not begin. */
  get error(): ApiError | null {
    return this._error ?? this._estimateError;
  }

  get isEstimating(): boolean {
    return this._isEstimating;
  }

  get isStarting(): boolean {
    return this._isStarting;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Why it cannot be started now; null where it can. */
  get blocked(): string | null {
    const { events, trans } = this.desk.studio;
    if (events.state === 'offline') {
      return trans.__('The server cannot be reached.');
    }
    if (!this.sources.length) {
      return trans.__('Choose a capture.');
    }
    const error = this._estimateError;
    if (error && error.status < 500) {
      return error.message;
    }
    return this._estimate?.problem ?? null;
  }

  /** Ask again what it would take. */
  retry(): void {
    this._error = null;
    if (!this._schema) {
      void this.readSchema();
    }
    this.ask();
    this._changed.emit();
  }

  /** Start it; null where something is in the way. */
  async start(): Promise<Started | null> {
    if (this._isStarting) {
      return null;
    }
    this._isStarting = true;
    this._error = null;
    this._changed.emit();
    try {
      if (this._isEstimating) {
        // What was changed a moment ago counts too.
        await this.estimateNow();
      }
      return this.blocked === null
        ? await this.desk.studio.client.post('/trainings', {
            body: this._value
          })
        : null;
    } catch (thrown) {
      this._error = ApiError.from(thrown);
      return null;
    } finally {
      this._isStarting = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      const { desk } = this;
      desk.sources.changed.disconnect(this.onSources, this);
      desk.studio.events.stateChanged.disconnect(this.onConnection, this);
      this.settle.dispose();
      Signal.clearData(this);
    }
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
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private ask(): void {
    this._isEstimating = true;
    void this.settle.invoke();
  }

  private async estimateNow(): Promise<void> {
    const asked = ++this.asked;
    let estimate: TrainEstimate | null = null;
    let error: ApiError | null = null;
    try {
      estimate = await this.desk.studio.client.post('/trainings/estimate', {
        body: asEstimate(this._value)
      });
    } catch (thrown) {
      error = ApiError.from(thrown);
    }
    // Of several questions under way, the last one counts.
    if (asked === this.asked && !this._isDisposed) {
      this._isEstimating = false;
      this._estimateError = error;
      this._estimate = estimate;
      this._changed.emit();
    }
  }

  private onConnection(): void {
    if (
      this.desk.studio.events.state !== 'offline' &&
      this._estimateError?.isConnection
    ) {
      this.ask();
    }
    this._changed.emit();
  }

  /** What was not ready may be so now. */
  private onSources(): void {
    if (this._estimate?.problem) {
      this.ask();
    }
    this._changed.emit();
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

  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _estimate: TrainEstimate | null = null;
  private _estimateError: ApiError | null = null;
  private _isDisposed = false;
  private _isEstimating = false;
  private _isStarting = false;
  private _schema: Client.IJsonSchema | null = null;
  private _value: FormValue;
  private asked = 0;
  private readonly settle: Debouncer;
}

export function hooksIn({ facts, hooks }: Capture): string[] {
  return facts?.hooks.length ? facts.hooks.map(each => each.hook) : hooks;
}

function keyOf(value: FormValue): string {
  return JSON.stringify(asEstimate(value));
}

export namespace TrainingForm {
  export interface IOptions {
    desk: TrainingDesk;
    draft: FormValue;
    /** Milliseconds without a change before the server is asked. */
    settle?: number;
  }
}
