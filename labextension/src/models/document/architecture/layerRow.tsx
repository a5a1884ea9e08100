import * as React from 'react';
import { whyNot, type IColumn } from '../../../ui/layers/columns';
import { useTrans } from '../../../ui/hooks';
import type { Place } from './stackPlan';

export interface ILayerRowProps {
  layer: number;
  columns: ReadonlyMap<string, IColumn>;
  /** How many captures there are at each kind of this layer's hook points. */
  captured: ReadonlyMap<string, number>;
  /** Likewise, how many SAEs read there. */
  saes: ReadonlyMap<string, number>;
  /** The kind that is explained, and the one that Tab reaches, if in this layer. */
  chosen: string | null;
  current: string | null;
}

/** A layer drawn along the residual stream: attention and MLP, and where it can be read. */
export const LayerRow = React.memo(function LayerRow(
  props: ILayerRowProps
): JSX.Element {
  const trans = useTrans();
  const { layer } = props;
  const hook = (kind: Place) => <Hook {...props} kind={kind} />;
  return (
    <div
      className="jp-mistudio-Layer"
      role="group"
      aria-label={trans.__('Layer %1', String(layer))}
    >
      <span className="jp-mistudio-Layer-number" aria-hidden>
        {layer}
      </span>
      <div className="jp-mistudio-Layer-stream">
        {hook('resid_pre')}
        <span className="jp-mistudio-Layer-part">
          <span>{trans.__('attention')}</span>
          {hook('attn_z')}
          {hook('attn_out')}
        </span>
        {hook('resid_mid')}
        <span className="jp-mistudio-Layer-part">
          <span>{trans.__('MLP')}</span>
          {hook('mlp_in')}
          {hook('mlp_out')}
        </span>
        {hook('resid_post')}
      </div>
    </div>
  );
});

function Hook(props: ILayerRowProps & { kind: Place }): JSX.Element {
  const trans = useTrans();
  const { layer, kind } = props;
  const column = props.columns.get(kind);
  if (!column?.layers.includes(layer)) {
    const why = column && whyNot(column, layer);
    return (
      <span
        className="jp-mistudio-Hook"
        data-missing
        title={why ? `${kind}\n${why}` : undefined}
      />
    );
  }
  const captures = props.captured.get(kind) ?? 0;
  const saes = props.saes.get(kind) ?? 0;
  const words = [
    captures
      ? trans._n('%2 capture', '%2 captures', captures, String(captures))
      : null,
    saes ? trans._n('%2 SAE', '%2 SAEs', saes, String(saes)) : null
  ];
  return (
    <button
      type="button"
      className="jp-mistudio-Hook"
      data-hook={`${layer} ${kind}`}
      data-captured={captures > 0 ? '' : undefined}
      data-sae={saes > 0 ? '' : undefined}
      aria-label={[trans.__('Layer %1, %2', String(layer), kind), ...words]
        .filter(Boolean)
        .join(', ')}
      aria-pressed={props.chosen === kind}
      title={[`${column.title} (${kind})`, ...words].filter(Boolean).join('\n')}
      tabIndex={props.current === kind ? 0 : -1}
    />
  );
}
