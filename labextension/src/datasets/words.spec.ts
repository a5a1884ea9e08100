import { nullTranslator } from '@jupyterlab/translation';
import { job } from '../testing/server';
import { tokenization } from './testing/objects';
import { rowFacts } from './words';

const trans = nullTranslator.load('');
const progress = {
  done: 500,
  total: 2000,
  unit: 'samples',
  stage: 'Tokenizing',
  rate: 100,
  seconds_left: 15,
  figures: {}
};

describe('rowFacts', () => {
  it('tell how fast it is and how long still, while it works', () => {
    const object = tokenization({
      state: 'working',
      job: job({ state: 'running', progress })
    });
    expect(rowFacts(object, trans)).toEqual([
      'Tokenizing',
      '500/2,000',
      '0:15 left',
      '100 samples/s'
    ]);
  });

  it.each(['paused', 'interrupted'] as const)(
    'tell only how far it is while %s',
    state => {
      const object = tokenization({
        state: 'working',
        job: job({ state, progress })
      });
      expect(rowFacts(object, trans)).toEqual(['Tokenizing', '500/2,000']);
    }
  );
});
