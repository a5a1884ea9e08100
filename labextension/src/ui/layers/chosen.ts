// Which hook points of which layers: as boxes of a grid, and as a capture is asked for them. No React here.

/** A kind of hook point, and the layers that have it. */
export interface IKind {
  kind: string;
  layers: readonly number[];
}

/** The chosen layers of each kind. */
export type Chosen = ReadonlyMap<string, ReadonlySet<number>>;

export type Share = 'all' | 'some' | 'none';

const HOOK = /^layers\.(?:(\d{1,6})(?:-(\d{1,6}))?|(all)|(middle))\.(\w+)$/;
const PART = /^(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?$/;

/** The boxes that these hook points mean, as far as the model has them. */
export function chosenOf(
  hooks: readonly string[],
  kinds: readonly IKind[],
  layers: number
): Chosen {
  const chosen = new Map<string, Set<number>>();
  for (const hook of hooks) {
    const [, first, last, all, middle, kind] = HOOK.exec(hook) ?? [];
    const has = kinds.find(each => each.kind === kind)?.layers ?? [];
    const from = all ? 0 : middle ? Math.floor(layers / 2) : Number(first);
    const to = all ? layers - 1 : Number(last ?? from);
    const found = has.filter(layer => from <= layer && layer <= to);
    if (found.length) {
      chosen.set(kind, new Set([...(chosen.get(kind) ?? []), ...found]));
    }
  }
  return chosen;
}

/** As few hook points as say it: “layers.2-5.resid_post”. */
export function hooksOf(
  chosen: Chosen,
  kinds: readonly IKind[],
  layers: number
): string[] {
  return kinds.flatMap(({ kind }) => {
    const of = chosen.get(kind);
    if (!of?.size) {
      return [];
    }
    return of.size === layers
      ? [`layers.all.${kind}`]
      : runsOf(of).map(run => `layers.${run}.${kind}`);
  });
}

/** How many boxes are ticked. */
export function countOf(chosen: Chosen): number {
  return [...chosen.values()].reduce((sum, each) => sum + each.size, 0);
}

/** How much of these kinds in these layers is ticked; layers without a kind do not count. */
export function shareOf(
  chosen: Chosen,
  kinds: readonly IKind[],
  layers: readonly number[]
): Share {
  let there = 0;
  let ticked = 0;
  for (const each of kinds) {
    for (const layer of layers) {
      if (each.layers.includes(layer)) {
        there++;
        ticked += chosen.get(each.kind)?.has(layer) ? 1 : 0;
      }
    }
  }
  return ticked === 0 ? 'none' : ticked === there ? 'all' : 'some';
}

/** With these kinds in these layers ticked, or not. */
export function withBoxes(
  chosen: Chosen,
  kinds: readonly IKind[],
  layers: readonly number[],
  ticked: boolean
): Chosen {
  const next = new Map(chosen);
  for (const each of kinds) {
    const of = new Set(next.get(each.kind));
    for (const layer of layers) {
      if (!ticked) {
        of.delete(layer);
      } else if (each.layers.includes(layer)) {
        of.add(layer);
      }
    }
    next.set(each.kind, of);
  }
  return next;
}

/** With just these layers of a kind. */
export function withLayers(
  chosen: Chosen,
  kind: IKind,
  layers: readonly number[]
): Chosen {
  const none = withBoxes(chosen, [kind], kind.layers, false);
  return withBoxes(none, [kind], layers, true);
}

/** “all”, “2-5, 8”, or nothing. */
export function layersInWords(chosen: Chosen, { kind, layers }: IKind): string {
  const of = chosen.get(kind);
  return !of?.size
    ? ''
    : of.size === layers.length
      ? 'all'
      : runsOf(of).join(', ');
}

/** The layers that somebody typed, as “2-5, 8” or “all”; null where it is none of that, or there are not so many. */
export function layersIn(text: string, count: number): number[] | null {
  const words = text.trim().toLowerCase();
  if (words === '' || words === 'none') {
    return [];
  }
  if (words === 'all') {
    return numbers(0, count - 1);
  }
  const parts = words.split(',').map(part => PART.exec(part.trim()));
  const runs = parts.map(
    part => part && numbers(Number(part[1]), Number(part[2] ?? part[1]))
  );
  return runs.some(run => !run?.length || run[run.length - 1] >= count)
    ? null
    : [...new Set(runs.flatMap(run => run ?? []))];
}

/** From one number to another; none where that goes backwards. */
export function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => {
    return first + at;
  });
}

/** Neighbors together: “2-5”, “8”. */
export function runsOf(layers: Iterable<number>): string[] {
  const runs: [number, number][] = [];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const run = runs[runs.length - 1];
    if (run && run[1] === layer - 1) {
      run[1] = layer;
    } else {
      runs.push([layer, layer]);
    }
  }
  return runs.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`));
}
