import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** An object of the workspace, as much of it as leaves a panel. */
export interface IStudioObject {
  /** The name of its form: `dataset`, `tokenization` … */
  readonly kind: string;
  readonly id: string;
  /** What its owner calls it: any text whatever. */
  readonly name: string;
  /** What it is, in a few words: “40,000 samples”. */
  readonly detail: string;
  /** What of it is meant; left out: it itself. */
  readonly part?: IObjectPart;
}

/** A method of the object, and the numbers that it takes: `.sae(step=1000)`. */
export interface IObjectPart {
  readonly method: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** How Python gets at one kind of object. */
export interface IObjectForm {
  readonly kind: string;
  /** The singular word for it, also its variable's name where its own name gives none. */
  readonly noun: string;
  /** The function of `mistudio_ext` that takes its id and returns it. */
  readonly getter: string;
}

/** Carries objects from panels and documents into notebooks and kernels. */
export interface IKernelHandoff {
  /** Add a kind of object; dispose of the result to take it away. */
  register(form: IObjectForm): IDisposable;

  /** What the commands without arguments act on. */
  readonly selected: readonly IStudioObject[];
  readonly selectedChanged: ISignal<IKernelHandoff, void>;
  select(objects: readonly IStudioObject[]): void;

  /** The lines that fetch the objects, ready to run. */
  code(objects: readonly IStudioObject[]): string;

  /** Call on mousedown: a drag begins once the pointer has moved far enough. */
  beginDrag(
    event: { button: number; clientX: number; clientY: number },
    objects: readonly IStudioObject[]
  ): void;

  /** Why nothing can be inserted or sent now; null where it can. */
  insertBlocked(): string | null;
  sendBlocked(): string | null;

  insert(objects: readonly IStudioObject[]): Promise<void>;
  send(objects: readonly IStudioObject[]): Promise<string[]>;
  copy(objects: readonly IStudioObject[]): Promise<void>;
}

export const IKernelHandoff = new Token<IKernelHandoff>(
  'mistudio-labextension:IKernelHandoff',
  'Carries objects of miStudio into notebooks and kernels: by drag, as inserted code, as variables.'
);
