import { Clipboard } from '@jupyterlab/apputils';
import { act, fireEvent, screen } from '@testing-library/react';
import { dataset, tokenization } from '../../datasets/testing/objects';
import {
  capture,
  hookPoints,
  modelFacts,
  model
} from '../../models/testing/objects';
import { CommandIDs } from '../commandIds';
import { Bench } from '../testing/bench';

// Forms are slow to come on a machine that has other work too.
vi.setConfig({ testTimeout: 20_000 });

const OWN = 'of the model';
const MIDDLE = 'layers.2.resid_post';

let bench: Bench;

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
  bench = new Bench();
  const { server } = bench;
  const own = tokenization();
  bench.models = [
    model({ facts: modelFacts({ tokenizer: OWN }) }),
    model({ id: 'md_2', name: 'another' })
  ];
  server.on('GET /models/md_1/hook-points', () => hookPoints());
  server.on('GET /datasets', () => ({ datasets: [dataset()] }));
  server.on('GET /tokenizations', () => ({
    tokenizations: [
      { ...own, tokenizer: { ...own.tokenizer, fingerprint: OWN } },
      { ...own, id: 'tk_2', name: 'other', created: own.created + 1 }
    ]
  }));
});

afterEach(() => bench.dispose());

/** Until the form has asked for the last time: an answer may change what it asks for. */
async function estimated(): Promise<void> {
  let before: number;
  do {
    before = bench.server.asked.length;
    await act(() => new Promise(resolve => setTimeout(resolve, 450)));
    await bench.settle();
  } while (bench.server.asked.length > before);
}

async function open(draft: unknown = {}): Promise<void> {
  await bench.load();
  await act(async () => {
    const args = { draft: JSON.stringify(draft) };
    await bench.commands.execute(CommandIDs.create, args as never);
  });
  await estimated();
}

const box = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const from = (name: string) =>
  screen.getByRole<HTMLInputElement>('radio', { name });
const reason = () =>
  document.querySelector('.jp-mistudio-NewCapture-end [role=status]')!
    .textContent;

/** From the first click to a model and its text. */
async function chosen(): Promise<void> {
  await open();
  fireEvent.click(from('A model, directly'));
  await estimated();
  expect(reason()).toBe('Choose a model.');
  expect(bench.sent).toEqual({ sources: [] });
  fireEvent.click(box(model().name));
  await estimated();
}

describe('a training that reads a model directly', () => {
  it('takes the text that the model’s own tokenizer cut, in the middle of the model', async () => {
    await chosen();
    const { id, name } = tokenization();
    expect(box(`${dataset().name}: ${name}`).checked).toBe(true);
    expect(bench.sent).toEqual({
      sources: [{ model: 'md_1', tokenization: id }]
    });
    expect(reason()).toBe('');
    // Where SAEs can read is what is read.
    expect(box(MIDDLE).checked).toBe(true);
  });

  it('says which tokens, where, and of several hook points which ones learn', async () => {
    await chosen();
    fireEvent.change(box('Leave out first'), { target: { value: '3' } });
    fireEvent.click(box('Layer 1, resid_post'));
    await estimated();
    expect(bench.sent).toEqual({
      sources: [
        {
          model: 'md_1',
          tokenization: tokenization().id,
          drop_first: 3,
          hooks: ['layers.1-2.resid_post']
        }
      ]
    });
    fireEvent.click(box(MIDDLE));
    await estimated();
    expect(bench.sent).toMatchObject({
      saes: [{ hook: 'layers.1.resid_post' }]
    });
  });

  it('keeps of the hook points those that another model has too', async () => {
    bench.server.on('GET /models/md_2/hook-points', () => hookPoints(2));
    const hooks = ['layers.1-3.resid_post'];
    await open({ sources: [{ model: 'md_1', tokenization: 'tk_2', hooks }] });
    fireEvent.click(box('another'));
    await estimated();
    expect(bench.sent).toEqual({
      sources: [
        {
          model: 'md_2',
          tokenization: 'tk_2',
          hooks: ['layers.1.resid_post']
        }
      ]
    });
  });

  it('goes back to captures, and forgets what it read', async () => {
    await chosen();
    fireEvent.click(from('Captures'));
    await estimated();
    expect(reason()).toBe('Choose a capture.');
    expect(bench.sent).toEqual({ sources: [] });
  });

  it('is a line of Python too', async () => {
    const copied = vi.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    const source = {
      model: 'md_1',
      tokenization: 'tk_2',
      hooks: [MIDDLE],
      drop_first: 1,
      batch_size: 8,
      weight: 1,
      weight_at_end: null
    };
    const copy = async (sources: unknown[], more = {}) => {
      await open({ sources, ...more });
      const buttons = screen.getAllByRole('button', { name: 'Copy as code' });
      fireEvent.click(buttons[buttons.length - 1]);
      await bench.settle();
      return String(copied.mock.calls[copied.mock.calls.length - 1][0])
        .split('\n')
        .pop();
    };
    expect(await copy([source])).toBe(
      `training = ws.train(model="md_1", tokenization="tk_2", hooks=["${MIDDLE}"])`
    );
    // A training has a batch size of its own.
    expect(await copy([{ ...source, batch_size: 4 }])).toContain(
      'ws.train({"model": "md_1", "tokenization": "tk_2", "hooks": ["layers.2.resid_post"], "batch_size": 4})'
    );
    const mixed = [source, { capture: 'cp_1', weight: 2 }];
    expect(await copy(mixed, { mixing: 'weights' })).toContain(
      '"hooks": ["layers.2.resid_post"]}, {"capture": "cp_1", "weight": 2}], mixing="weights")'
    );
    // What has no effect would be refused.
    expect(await copy(mixed)).toContain(
      '"hooks": ["layers.2.resid_post"]}, {"capture": "cp_1"}])'
    );
  });

  it('is mixed with captures: of their model, as and where they were made', async () => {
    const taken = capture();
    const facts = { ...taken.facts!, precision: 'bfloat16' as const };
    bench.captures = [
      { ...taken, facts },
      capture({ id: 'cp_2', name: 'of another', model: 'md_2' })
    ];
    await open({ sources: [{ capture: 'cp_1' }] });
    fireEvent.click(from('Both, mixed'));
    await estimated();
    expect(reason()).toBe('');
    const stream = {
      model: 'md_1',
      tokenization: tokenization().id,
      hooks: [MIDDLE],
      precision: 'bfloat16'
    };
    expect(bench.sent).toEqual({ sources: [{ capture: 'cp_1' }, stream] });
    expect(box('of another').disabled).toBe(true);
    // What both have is what SAEs can read.
    fireEvent.click(box('Layer 1, resid_post'));
    await estimated();
    expect(bench.sent).toEqual({
      sources: [
        { capture: 'cp_1' },
        { ...stream, hooks: ['layers.1-2.resid_post'] }
      ]
    });
    expect(box(MIDDLE).disabled).toBe(true);
    expect(screen.queryByLabelText('layers.1.resid_post')).toBeNull();
  });

  it('has a weight of its own in a mix', async () => {
    const stream = { model: 'md_1', tokenization: 'tk_2', hooks: [MIDDLE] };
    await open({
      sources: [{ capture: 'cp_1' }, stream],
      mixing: 'curriculum'
    });
    expect(from('Both, mixed').checked).toBe(true);
    const write = (label: string, value: string) =>
      fireEvent.change(box(label), { target: { value } });
    write('Weight of what is read directly', '3');
    write('Weight of what is read directly at the end', '0.5');
    write(`Weight of ${capture().name}`, '2');
    await estimated();
    expect(bench.sent).toEqual({
      sources: [
        { capture: 'cp_1', weight: 2 },
        { ...stream, weight: 3, weight_at_end: 0.5 }
      ],
      mixing: 'curriculum'
    });
    // Alone there is nothing to weigh, and nothing to mix.
    fireEvent.click(from('A model, directly'));
    await estimated();
    expect(bench.sent).toEqual({ sources: [stream] });
    fireEvent.click(from('Both, mixed'));
    await estimated();
    expect(reason()).toBe('Choose a capture.');
    fireEvent.click(box(capture().name));
    await estimated();
    expect(reason()).toBe('');
    expect(bench.sent).toEqual({ sources: [stream, { capture: 'cp_1' }] });
  });

  it('stays beside captures where it was put there, until it is taken out', async () => {
    const source = { model: 'md_1', tokenization: 'tk_2', hooks: [MIDDLE] };
    const other = { ...source, tokenization: tokenization().id };
    const sources = [{ capture: 'cp_1' }, other, source];
    await open({ sources, mixing: 'sequence' });
    expect(from('Both, mixed').checked).toBe(true);
    fireEvent.click(
      box(`Read directly from ${model().name}, over the text other`)
    );
    await estimated();
    expect(bench.sent).toEqual({
      sources: [{ capture: 'cp_1' }, other],
      mixing: 'sequence'
    });
    fireEvent.click(from('Captures'));
    await estimated();
    expect(bench.sent).toEqual({ sources: [{ capture: 'cp_1' }] });
  });
});
