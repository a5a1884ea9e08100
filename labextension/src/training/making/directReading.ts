import type { IDisposable } from '@lumino/disposable';
import type { ApiError } from '../../api/errors';
import type { HookPoints } from '../../api/types';
import { bestTokenization } from '../../captures/making/fitting';
import { Sources } from '../../captures/sources';
import type { IMiStudio } from '../../tokens';
import { chosenOf, hooksOf } from '../../ui/layers/chosen';
import { columnsOf } from '../../ui/layers/columns';
import { ModelPoints } from '../../ui/layers/modelPoints';
import type { StreamRead } from './draft';

/** What a capture is made at where nothing is said, and so what is read directly. */
const USUAL_HOOKS = ['layers.middle.resid_post'];

/** The models that can be read directly, the texts for them, and where the chosen one can be read. */
export class DirectReading implements IDisposable {
  constructor(options: DirectReading.IOptions) {
    const { client, events } = options.studio;
    this.studio = options.studio;
    this.changed = options.changed;
    this.texts = new Sources({ client, events });
    this.texts.changed.connect(this.onChange, this);
    this.known = new ModelPoints({ client, changed: () => this.onChange() });
  }

  readonly texts: Sources;

  /** Where the chosen model can be read; null before that is known. */
  get points(): HookPoints | null {
    return this.known.points;
  }

  /** Why it is not known. */
  get pointsError(): ApiError | null {
    return this.known.error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Look for what can be chosen, as long as something is read directly. */
  watch(isDirect: boolean, stream: StreamRead): void {
    this.texts.setWatching(this, isDirect);
    if (isDirect) {
      this.readPoints(stream);
    }
  }

  /** Ask where the model can be read, again too. */
  readPoints({ model }: StreamRead): void {
    void this.known.read(model);
  }

  /** The single names of the hook points, in the order of the forward pass. */
  hooks(stream: StreamRead): string[] {
    const { points } = this;
    if (!points) {
      return [];
    }
    const columns = columnsOf(points);
    const names = stream.hooks ?? USUAL_HOOKS;
    const chosen = chosenOf(names, columns, points.layers);
    return Array.from({ length: points.layers }, (_, layer) => layer).flatMap(
      layer =>
        columns
          .filter(({ kind }) => chosen.get(kind)?.has(layer))
          .map(({ kind }) => `layers.${layer}.${kind}`)
    );
  }

  /** With a text cut by the model's own tokenizer where none was chosen, and without hook points that the model lacks. */
  fitting(stream: StreamRead): StreamRead {
    const { texts, points } = this;
    const model = texts.model(stream.model);
    let fitting = stream;
    if (model && !stream.tokenization) {
      const { trans } = this.studio;
      const best = bestTokenization(texts.tokenizations, model, trans);
      fitting = best ? { ...fitting, tokenization: best.id } : fitting;
    }
    if (points && stream.hooks?.length) {
      const columns = columnsOf(points);
      const chosen = chosenOf(stream.hooks, columns, points.layers);
      const hooks = hooksOf(chosen, columns, points.layers);
      const { hooks: _, ...rest } = fitting;
      fitting = hooks.length ? { ...fitting, hooks } : rest;
    }
    return fitting;
  }

  dispose(): void {
    this._isDisposed = true;
    this.texts.dispose();
  }

  private onChange(): void {
    if (!this._isDisposed) {
      this.changed();
    }
  }

  private _isDisposed = false;
  private readonly changed: () => void;
  private readonly known: ModelPoints;
  private readonly studio: IMiStudio;
}

export namespace DirectReading {
  export interface IOptions {
    studio: IMiStudio;
    /** Called when other things can be chosen. */
    changed: () => void;
  }
}
