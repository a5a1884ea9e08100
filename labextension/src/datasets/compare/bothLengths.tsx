import * as React from 'react';
import type { Tokenization } from '../../api/types';
import { Chart } from '../../ui/charts/chart';
import { overBins } from '../../ui/charts/chartData';
import { measured } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { DatasetDocument } from '../document/documentModel';
import { Counting } from '../statistics/counting';

/** How long the samples are under both, one over the other; what is not counted yet can be. */
export function BothLengths(props: {
  document: DatasetDocument;
  pair: readonly [Tokenization, Tokenization];
}): JSX.Element {
  const trans = useTrans();
  const { document, pair } = props;
  const store = useModel(document.statistics);
  const [first, second] = pair;
  React.useEffect(() => store.want(first), [store, first]);
  React.useEffect(() => store.want(second), [store, second]);
  const found = pair.map(each => store.of(each.id).statistics);
  const missing = pair.filter((_, at) => !found[at]);
  const counted = found.flatMap(each => (each ? [each.lengths] : []));
  const bins = overBins(counted.map(each => each.histogram));
  return (
    <section>
      {missing.map(each => (
        <div key={each.id}>
          <h3>
            <bdi>{each.name}</bdi>
          </h3>
          <Counting document={document} tokenization={each} />
        </div>
      ))}
      {!missing.length && bins.x.length > 1 && (
        <Chart
          title={trans.__('Length of samples under both')}
          kind="bars"
          xName={trans.__('Tokens')}
          x={bins.x}
          series={pair.map(({ name }, at) => ({
            name,
            values: bins.values[at]
          }))}
          summary={trans.__(
            'Half of all samples have %1 tokens or less under the first, %2 under the second.',
            measured(counted[0].median),
            measured(counted[1].median)
          )}
        />
      )}
    </section>
  );
}
