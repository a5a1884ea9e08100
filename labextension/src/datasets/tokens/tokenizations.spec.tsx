import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen } from '@testing-library/react';
import { refusal } from '../../testing/server';
import type { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  tabOf,
  type
} from '../testing/document';
import { dataset, tokenization } from '../testing/objects';
import { model, modelFacts } from '../../models/testing/objects';

const SCHEMA = {
  type: 'object',
  required: ['tokenizer'],
  properties: {
    tokenizer: { type: 'string', title: 'Tokenizer' },
    max_length: {
      type: 'integer',
      default: 512,
      title: 'Length',
      unit: 'tokens'
    }
  }
};

/** Until somebody who types has stopped, and what that set off has ended. */
async function pause(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await act(() => new Promise(resolve => setTimeout(resolve, 300)));
  }
}

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
  bench.server.on('GET /openapi.json', {
    components: { schemas: { TokenizeDataset: SCHEMA } }
  });
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

describe('the tokenizations', () => {
  it('unfold to what they are, one at a time, by keyboard too', async () => {
    bench.tokenizations = [
      tokenization({
        facts: { ...tokenization().facts!, warnings: ['No end token.'] }
      }),
      tokenization({
        id: 'tk_2',
        name: 'other',
        special_tokens: false,
        facts: null,
        state: 'empty'
      })
    ];
    await openDocument(bench, 'ds_1', 'tokenizations');
    const [first, second] = screen.getAllByRole('treeitem');
    act(() => first.focus());
    fireEvent.keyDown(first, { key: 'Enter' });
    const facts = screen.getByLabelText('Facts of tok · 64 · packed');
    expect(facts.textContent).toContain('Block length64 tokens');
    expect(facts.textContent).toContain('Held out1 block · 1 sample');
    expect(screen.getByRole('note', { name: 'Warnings' }).textContent).toBe(
      'No end token.'
    );
    fireEvent.keyDown(first, { key: 'ArrowDown' });
    fireEvent.keyDown(second, { key: 'ArrowRight' });
    expect(screen.getByLabelText('Facts of other').textContent).toContain(
      'none added'
    );
    expect(screen.queryByLabelText('Facts of tok · 64 · packed')).toBeNull();
    fireEvent.keyDown(second, { key: ' ' });
    expect(screen.queryByLabelText('Facts of other')).toBeNull();
    fireEvent.click(second);
    expect(bench.handoff.selected.map(each => each.id)).toEqual(['tk_2']);
  });

  it('begin where the last one was, and keep what is typed over a change of tabs', async () => {
    await openDocument(bench, 'ds_1', 'tokenizations');
    press('New tokenization');
    const whose = screen.getByLabelText<HTMLSelectElement>('Whose tokenizer');
    expect(whose.selectedOptions[0].textContent).toBe(
      'tok, as in “tok · 64 · packed”'
    );
    await screen.findByLabelText(/Length/);
    expect(screen.queryByLabelText(/^Tokenizer/)).toBeNull();
    type('Whose tokenizer', '');
    const field = await screen.findByLabelText<HTMLInputElement>(/^Tokenizer/);
    expect(field.value).toBe('');
    expect(screen.getByText(/about 14 MB of disk/)).toBeTruthy();
    fireEvent.change(field, { target: { value: '/data/other' } });
    fireEvent.click(tabOf('About'));
    await act(() =>
      bench.commands.execute('mistudio:tokenize-dataset', { id: 'ds_1' })
    );
    expect(
      (await screen.findByLabelText<HTMLInputElement>(/^Tokenizer/)).value
    ).toBe('/data/other');
    press('Not now');
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('take the tokenizer of a model that is ready', async () => {
    bench.tokenizations = [];
    bench.server.on('GET /models', {
      models: [
        model({ name: EVIL }),
        model({ id: 'md_2', name: 'coming', state: 'working', facts: null }),
        model({
          id: 'md_3',
          name: 'mute',
          facts: modelFacts({ tokenizer: null })
        })
      ]
    });
    bench.server.on('POST /datasets/ds_1/tokenizations', {
      object: 'tk_1',
      job: 'jb_1'
    });
    await openDocument(bench, 'ds_1', 'tokenizations');
    press('New tokenization');
    const whose =
      await screen.findByLabelText<HTMLSelectElement>('Whose tokenizer');
    expect([...whose.options].map(each => each.textContent)).toEqual([
      'in a folder, or of the hub',
      `of the model “${EVIL}”`
    ]);
    type('Whose tokenizer', 'md_1');
    expect(screen.queryByLabelText(/^Tokenizer/)).toBeNull();
    fireEvent.submit(screen.getByRole('form'));
    await bench.settle();
    expect(bench.sent).toMatchObject({ tokenizer: 'md_1' });
  });

  it('are refused at the field, and started when it is right', async () => {
    bench.tokenizations = [];
    bench.server.on('POST /datasets/ds_1/tokenizations', () =>
      refusal(400, 'bad_request', 'tokenizer')
    );
    await openDocument(bench, 'ds_1', 'tokenizations');
    expect(screen.getByText('It is not tokenized yet.')).toBeTruthy();
    expect(screen.queryByRole('tree')).toBeNull();
    press('New tokenization');
    fireEvent.change(await screen.findByLabelText(/^Tokenizer/), {
      target: { value: '/nowhere' }
    });
    fireEvent.submit(screen.getByRole('form'));
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toBe(
      'It is wrong. Do better.'
    );
    bench.server.on('POST /datasets/ds_1/tokenizations', {
      object: 'tk_1',
      job: 'jb_1'
    });
    press('Tokenize');
    fireEvent.submit(screen.getByRole('form'));
    await bench.settle();
    expect(bench.sent).toMatchObject({ tokenizer: '/nowhere' });
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('say when there is just such a one already', async () => {
    const told = vi.spyOn(Notification, 'info').mockReturnValue('');
    bench.server.on('POST /datasets/ds_1/tokenizations', {
      object: 'tk_1',
      job: null
    });
    await openDocument(bench, 'ds_1', 'tokenizations');
    press('New tokenization');
    await screen.findByLabelText(/Length/);
    fireEvent.submit(screen.getByRole('form'));
    await bench.settle();
    expect(told.mock.calls[0][0]).toContain('in just this way already');
    expect(screen.getByLabelText('Facts of tok · 64 · packed')).toBeTruthy();
  });

  it('wait for the text', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await openDocument(bench, 'ds_1', 'tokenizations');
    press('New tokenization');
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('show the tokens of the first sample, and of what is typed, before any work', async () => {
    await openDocument(bench, 'ds_1', 'tokenizations');
    press('New tokenization');
    await pause();
    expect(bench.sent).toEqual({
      text: '<script>alert(1)</script> 0',
      special_tokens: true,
      tokenization: 'tk_1'
    });
    expect(screen.getByText(/2 tokens · vocabulary of 384/)).toBeTruthy();
    type('Text', 'It rained');
    type('Whose tokenizer', '');
    fireEvent.change(await screen.findByLabelText(/^Tokenizer/), {
      target: { value: '/data/other' }
    });
    await pause();
    expect(bench.sent).toEqual({
      text: 'It rained',
      special_tokens: true,
      tokenizer: '/data/other'
    });
    fireEvent.change(screen.getByLabelText(/^Tokenizer/), {
      target: { value: 'hub:some/one' }
    });
    expect(screen.getByText(/there is no preview before/)).toBeTruthy();
  });

  it('in rows tell of padding and of what was cut off', async () => {
    bench.tokenizations = [
      tokenization({
        layout: 'rows',
        padding: 'longest',
        truncation: 'only_first',
        stride: 8,
        second: 'answer',
        chat_template: '{{ x }}',
        facts: {
          ...tokenization().facts!,
          padding_tokens: 90,
          pad_id: 2,
          truncated_samples: 4,
          bad_samples: 1
        }
      })
    ];
    await openDocument(bench, 'tk_1');
    const facts = screen.getByLabelText('Facts of tok · 64 · packed');
    for (const told of [
      'Layoutone sample a row',
      'Paddingup to the longest row',
      'Truncationof the first text only',
      'Stride8 tokens',
      'Second textanswer',
      'Chat templateits own',
      'Truncated4 samples',
      'Padding added90 tokens (id 2)',
      'Longest row64 tokens',
      'Left out1 sample'
    ]) {
      expect(facts.textContent).toContain(told);
    }
    expect(screen.getByRole('treeitem').textContent).toContain('rows up to 64');
  });

  it('are checked with a model', async () => {
    await openDocument(bench, 'tk_1');
    const check = () =>
      screen.getByRole('button', { name: 'Check' }) as HTMLButtonElement;
    expect(check().title).toBe('Say which model first.');
    type('Does it fit a model?', ' /models/small ');
    bench.server.on('GET /tokenizations/tk_1/vocabulary-check', {
      fits: false,
      vocabulary: 100,
      largest_id: 300,
      sentence: '<b>It</b> does not fit.'
    });
    fireEvent.submit(screen.getByRole('form', { name: 'Check with a model' }));
    await bench.settle();
    expect(bench.server.asked[0]).toBe(
      'GET /tokenizations/tk_1/vocabulary-check?model=%2Fmodels%2Fsmall'
    );
    const verdict = screen.getByText('<b>It</b> does not fit.').parentElement!;
    expect(verdict.dataset.fits).toBe('false');
    bench.refuse('GET /tokenizations/tk_1/vocabulary-check');
    type('Does it fit a model?', 'nowhere');
    fireEvent.submit(screen.getByRole('form', { name: 'Check with a model' }));
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
  });
});
