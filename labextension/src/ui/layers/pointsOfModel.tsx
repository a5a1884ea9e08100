import * as React from 'react';
import { useTrans } from '../hooks';
import { ErrorNote } from '../notes';
import { LayerGrid } from './layerGrid';

type Grid = Parameters<typeof LayerGrid>[0];

/** The grid, once it is known where the model can be read. */
export function PointsOfModel(
  props: Omit<Grid, 'points'> & {
    model: unknown;
    points: Grid['points'] | null;
    error: React.ComponentProps<typeof ErrorNote>['error'] | null;
    onRetry: () => void;
  }
): JSX.Element {
  const trans = useTrans();
  const { model, points, error, onRetry, ...grid } = props;
  if (!model) {
    return (
      <p className="jp-mistudio-faint">
        {trans.__('They are shown once a model is chosen.')}
      </p>
    );
  }
  if (error) {
    return (
      <ErrorNote
        error={error}
        action={{ label: trans.__('Try again'), run: onRetry }}
      />
    );
  }
  return points ? (
    <LayerGrid points={points} {...grid} />
  ) : (
    <p role="status">
      {trans.__(
        'The model is loaded to see where it can be read. The next time this is known.'
      )}
    </p>
  );
}
