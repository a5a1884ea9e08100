// What of the stack stands where. No React here.

import type { HookPoints } from '../../../api/types';
import { columnsOf, type IColumn } from '../../../ui/layers/columns';

/** The places in a layer's drawing, in the order of the forward pass. */
export const PLACES = [
  'resid_pre',
  'attn_z',
  'attn_out',
  'resid_mid',
  'mlp_in',
  'mlp_out',
  'resid_post'
] as const;
export type Place = (typeof PLACES)[number];

/** So many layers are looked over at once. */
const FEW = 24;
const TOGETHER = 10;

/** What is known of each place, by its kind; empty while nothing was measured. */
export function columnsByPlace(
  points: HookPoints | null
): ReadonlyMap<string, IColumn> {
  const columns = points ? columnsOf(points) : [];
  return new Map(columns.map(each => [each.kind, each]));
}

/** Runs of layers, first and last; one run where they are few. */
export function runsOfLayers(layers: number): [first: number, last: number][] {
  if (layers <= FEW) {
    return layers ? [[0, layers - 1]] : [];
  }
  return Array.from({ length: Math.ceil(layers / TOGETHER) }, (_, at) => [
    at * TOGETHER,
    Math.min(layers, (at + 1) * TOGETHER) - 1
  ]);
}

export function hookName(layer: number, kind: string): string {
  return `layers.${layer}.${kind}`;
}
