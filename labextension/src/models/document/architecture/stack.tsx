import * as React from 'react';
import type { ModelFacts } from '../../../api/types';
import { nextPlace } from '../../../ui/layers/gridKeys';
import { exact } from '../../../ui/format';
import { useTrans } from '../../../ui/hooks';
import type { IPlaceInLayer, ModelDocument } from '../documentModel';
import { LayerRow } from './layerRow';
import { columnsByPlace, PLACES, runsOfLayers, type Place } from './stackPlan';

/** The model from the embedding to the unembedding; its hook points are walked with the arrows. */
export function Stack(props: {
  document: ModelDocument;
  facts: ModelFacts;
}): JSX.Element {
  const trans = useTrans();
  const { document, facts } = props;
  const { drafts, captures, hookPoints, saes } = document;
  const { layers } = facts;
  const node = React.useRef<HTMLDivElement>(null);
  const points = hookPoints.value;
  const columns = React.useMemo(() => columnsByPlace(points), [points]);
  const captured = countIn(captures.flatMap(each => each.hooks));
  const explained = countIn(saes.flatMap(({ hook }) => hook ?? []));
  const runs = runsOfLayers(layers);
  const isOpen = (at: number) =>
    drafts.folds[at] ??
    (at === 0 ||
      layersBetween(runs[at]).some(
        layer => captured.has(layer) || explained.has(layer)
      ));
  const isThere = (layer: number, kind: Place) =>
    columns.get(kind)?.layers.includes(layer) === true &&
    runs.some(
      ([first, last], at) => first <= layer && layer <= last && isOpen(at)
    );
  const current = drafts.hook ?? firstOf(columns);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const from = hookAt(event.target);
    const to =
      from &&
      nextPlace(
        event.key,
        false,
        { row: from.layer, column: PLACES.indexOf(from.kind as Place) },
        { rows: layers, columns: PLACES.length },
        ({ row, column }) =>
          row >= 0 && column >= 0 && isThere(row, PLACES[column])
      );
    if (to) {
      event.preventDefault();
      focusOn(node.current, to.row, PLACES[to.column]);
    }
  };
  const choose = (target: EventTarget) => {
    const hook = hookAt(target);
    if (hook) {
      document.draft({ hook });
    }
  };
  const rowsOf = (run: [number, number]) =>
    layersBetween(run).map(layer => (
      <LayerRow
        key={layer}
        layer={layer}
        columns={columns}
        captured={captured.get(layer) ?? NONE}
        saes={explained.get(layer) ?? NONE}
        chosen={drafts.hook?.layer === layer ? drafts.hook.kind : null}
        current={current?.layer === layer ? current.kind : null}
      />
    ));
  return (
    <div
      ref={node}
      className="jp-mistudio-Stack"
      role="group"
      aria-label={trans.__('Layers and hook points')}
      onKeyDown={onKeyDown}
      onClick={event => choose(event.target)}
      onFocus={event => choose(event.target)}
    >
      <End
        name={trans.__('Embedding')}
        detail={trans.__(
          '%1 tokens × %2',
          exact(facts.vocabulary),
          exact(facts.hidden_size)
        )}
      />
      {runs.length === 1
        ? rowsOf(runs[0])
        : runs.map((run, at) => (
            <details
              key={run[0]}
              open={isOpen(at)}
              onToggle={event => {
                const { open } = event.currentTarget;
                if (open !== isOpen(at)) {
                  document.draft({ folds: { ...drafts.folds, [at]: open } });
                }
              }}
            >
              <summary>
                {trans.__('Layers %1 to %2', String(run[0]), String(run[1]))}
              </summary>
              {isOpen(at) && rowsOf(run)}
            </details>
          ))}
      <End name={trans.__('Final norm')} detail={exact(facts.hidden_size)} />
      <End
        name={trans.__('Unembedding')}
        detail={
          facts.tied_embeddings
            ? trans.__('the embedding’s own weights')
            : trans.__(
                '%1 × %2 tokens',
                exact(facts.hidden_size),
                exact(facts.vocabulary)
              )
        }
      />
    </div>
  );
}

function End(props: { name: string; detail: string }): JSX.Element {
  return (
    <div className="jp-mistudio-Stack-end">
      <span>{props.name}</span>
      <span className="jp-mistudio-faint">{props.detail}</span>
    </div>
  );
}

const NONE: ReadonlyMap<string, number> = new Map();

/** How often each hook point is named, by layer and kind. */
function countIn(
  hooks: readonly string[]
): ReadonlyMap<number, Map<string, number>> {
  const found = new Map<number, Map<string, number>>();
  for (const hook of hooks) {
    const [, layer, kind] = hook.split('.');
    const kinds = found.get(Number(layer)) ?? new Map<string, number>();
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    found.set(Number(layer), kinds);
  }
  return found;
}

function layersBetween([first, last]: [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function firstOf(
  columns: ReturnType<typeof columnsByPlace>
): IPlaceInLayer | null {
  for (const kind of PLACES) {
    const layer = columns.get(kind)?.layers[0];
    if (layer !== undefined) {
      return { layer, kind };
    }
  }
  return null;
}

function hookAt(target: EventTarget): IPlaceInLayer | null {
  const hook = target instanceof HTMLElement ? target.dataset.hook : undefined;
  const [layer, kind] = hook?.split(' ') ?? [];
  return kind === undefined ? null : { layer: Number(layer), kind };
}

function focusOn(node: HTMLElement | null, layer: number, kind: string): void {
  node?.querySelector<HTMLElement>(`[data-hook="${layer} ${kind}"]`)?.focus();
}
