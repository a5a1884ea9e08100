import type { HookStatistics } from '../../api/types';
import type { ISeries } from '../../ui/charts/chartData';
import { hookOf } from '../../ui/layers/hooks';

/** The mean norm along the layers, a line for each kind of hook point; null where there is one layer alone. */
export function byLayer(
  hooks: readonly HookStatistics[]
): { layers: number[]; series: ISeries[] } | null {
  const found = hooks.map(each => ({ ...hookOf(each.hook), each }));
  const layers = [...new Set(found.map(({ layer }) => layer))].sort(
    (a, b) => a - b
  );
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const normAt = (kind: string, layer: number) =>
    found.find(point => point.kind === kind && point.layer === layer)?.each
      .mean_norm ?? null;
  return layers.length < 2
    ? null
    : {
        layers,
        series: kinds.map(name => ({
          name,
          values: layers.map(layer => normAt(name, layer))
        }))
      };
}
