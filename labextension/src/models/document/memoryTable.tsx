import * as React from 'react';
import type { MemoryEstimate } from '../../api/types';
import { bytes } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import { ErrorNote } from '../../ui/notes';
import type { ModelDocument } from './documentModel';

/** How much memory its weights take in each precision, and whether that is free. */
export function MemoryTable(props: {
  document: ModelDocument;
}): JSX.Element | null {
  const trans = useTrans();
  const { memory } = props.document;
  const { value, error } = useModel(memory);
  React.useEffect(() => {
    // What is free changes all the time.
    void memory.ask();
  }, [memory]);
  return (
    <section>
      <h3>{trans.__('Memory')}</h3>
      {error && (
        <ErrorNote
          error={error}
          action={{
            label: trans.__('Try again'),
            run: () => void memory.ask()
          }}
        />
      )}
      {value && (
        <>
          <p className="jp-mistudio-faint">
            {trans.__(
              'An estimate of the weights alone; %1 are free on %2.',
              bytes(value.free),
              value.device
            )}
          </p>
          <table
            className="jp-mistudio-Counts"
            aria-label={trans.__('Memory by precision')}
          >
            <tbody>
              {value.precisions.map(each => (
                <tr key={each.precision}>
                  <th scope="row">{each.precision}</th>
                  <td data-number>{bytes(each.weights)}</td>
                  <td>
                    <Fits estimate={value} of={each} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function Fits(props: {
  estimate: MemoryEstimate;
  of: MemoryEstimate['precisions'][number];
}): JSX.Element {
  const trans = useTrans();
  const { estimate, of } = props;
  const words = [
    of.problem ?? (of.fits ? trans.__('fits') : trans.__('does not fit now')),
    of.precision === estimate.precision && trans.__('as it was added')
  ];
  return <>{words.filter(Boolean).join(' · ')}</>;
}
