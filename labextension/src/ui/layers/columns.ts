import type { HookPoints } from '../../api/types';
import type { IKind } from './chosen';

/** A kind of hook point as a column: what it is, and why layers lack it. */
export interface IColumn extends IKind {
  title: string;
  help: string;
  /** Values a token: several where layers differ. */
  widths: readonly number[];
  missing: readonly { why: string; layers: readonly number[] }[];
}

/** Each kind once, those that no layer has at the end. */
export function columnsOf({ points, missing }: HookPoints): IColumn[] {
  const kinds = [...new Set([...points, ...missing].map(each => each.kind))];
  return kinds.map(kind => {
    const here = points.filter(each => each.kind === kind);
    return {
      kind,
      title: here[0]?.title ?? kind,
      help: here[0]?.help ?? '',
      layers: here.flatMap(each => each.layers).sort((a, b) => a - b),
      widths: here.map(each => each.width),
      missing: missing.filter(each => each.kind === kind)
    };
  });
}

/** Why a layer lacks it. */
export function whyNot(column: IColumn, layer: number): string | undefined {
  return (
    column.missing.find(each => each.layers.includes(layer)) ??
    column.missing[0]
  )?.why;
}

/** Why it cannot be chosen at all; null where some layer has it. */
export function whyNowhere(column: IColumn): string | null {
  return column.layers.length
    ? null
    : column.missing.map(each => each.why).join(' ');
}
