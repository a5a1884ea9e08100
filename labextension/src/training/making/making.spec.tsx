import { Clipboard, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { capture } from '../../models/testing/objects';
import { json } from '../../testing/server';
import { CommandIDs } from '../commandIds';
import { Bench } from '../testing/bench';
import { estimate, training } from '../testing/objects';
import { pythonValue } from './code';

const hook = (name: string) => ({ hook: name, width: 128 });
const TWO = ['layers.1.mlp_out', 'layers.2.resid_post'];

/** With two hook points, and ready. */
function ready(id: string, name: string, model = 'md_1') {
  const made = capture({ id, name, model, hooks: TWO });
  return {
    ...made,
    facts: { ...made.facts!, hooks: TWO.map(hook) as never }
  };
}

// Forms are slow to come on a machine that has other work too.
vi.setConfig({ testTimeout: 20_000 });

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.captures = [ready('cp_1', 'stories'), ready('cp_2', 'notes')];
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

/** The form's own pause, and the answer after it. */
async function estimated(): Promise<void> {
  await act(() => new Promise(resolve => setTimeout(resolve, 450)));
  await bench.settle();
}

async function open(args: Record<string, unknown> = {}): Promise<void> {
  await bench.load();
  await act(async () => {
    await bench.commands.execute(CommandIDs.create, args as never);
  });
  await estimated();
}

const form = () => screen.getByRole('form', { name: 'New training' });
const reason = () =>
  document.querySelector('.jp-mistudio-NewCapture-end [role=status]')!
    .textContent;
const box = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const press = (name: string) =>
  fireEvent.click(screen.getByRole('button', { name }));
const write = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

describe('a new training', () => {
  it('begins with a capture, and says what it would take', async () => {
    await open({ capture: 'cp_1' });
    expect(box('stories').checked).toBe(true);
    expect(bench.sent).toEqual({ sources: [{ capture: 'cp_1' }] });
    const pane = screen.getByRole('region', { name: 'What it would take' });
    expect(pane.textContent).toContain('10,000');
    expect(pane.textContent).toContain('9 MB of 4 GB free');
    expect(pane.textContent).toContain('5:20');
    expect(pane.textContent).toContain('width 1,024 · k 32');
    expect(reason()).toBe('');
  });

  it('shows what matters for its architecture, and in which range', async () => {
    await open({ capture: 'cp_1' });
    expect(screen.queryByLabelText('L1 coefficient')).toBeNull();
    fireEvent.change(
      screen.getByLabelText('Architecture', { selector: 'select' }),
      { target: { value: '2' } }
    );
    await estimated();
    expect(bench.sent).toMatchObject({ architecture: 'standard' });
    expect(screen.queryByLabelText('k')).toBeNull();
    expect(screen.queryByLabelText('Several: k')).toBeNull();
    write('L1 coefficient', '3');
    expect(screen.getByText('It must be 0.1 or less.')).toBeTruthy();
    screen.getByLabelText('Several: L1 coefficient');
  });

  it('offers what packages bring, and says which package', async () => {
    bench.architectures.push({
      name: 'sparser',
      package: 'sparser-saes 1.2',
      help: 'Keeps <b>fewer</b>.'
    });
    await open({ capture: 'cp_1' });
    const select = screen.getByLabelText<HTMLSelectElement>('Architecture', {
      selector: 'select'
    });
    expect([...select.options].map(each => each.text)).toEqual([
      'topk',
      'matryoshka',
      'standard',
      'jumprelu',
      'sparser'
    ]);
    fireEvent.change(select, { target: { value: '4' } });
    await estimated();
    expect(bench.sent).toMatchObject({ architecture: 'sparser' });
    // What it uses, only its makers know.
    screen.getByLabelText('k');
    screen.getByLabelText('L1 coefficient');
    expect(
      screen.getByText('sparser-saes 1.2: Keeps <b>fewer</b>.')
    ).toBeTruthy();
  });

  it('trains several at once, at the hook points that are ticked', async () => {
    await open({ capture: 'cp_1' });
    expect(box(TWO[0]).checked && box(TWO[1]).checked).toBe(true);
    fireEvent.click(box(TWO[0]));
    // One must be left.
    expect(box(TWO[1]).disabled).toBe(true);
    write('Several: Width', '256, 512');
    write('Several: k', '8, x');
    expect(screen.getByText('Write numbers with commas between.')).toBeTruthy();
    write('Several: k', '8, 99999');
    expect(screen.getByText('Each must be between 1 and 65,536.')).toBeTruthy();
    write('Several: k', '8');
    await estimated();
    expect(bench.sent).toEqual({
      sources: [{ capture: 'cp_1' }],
      saes: [
        { hook: TWO[1], width: 256, k: 8 },
        { hook: TWO[1], width: 512, k: 8 }
      ]
    });
  });

  it('asks for nothing that has no effect, and keeps it until it has one', async () => {
    await open({ capture: 'cp_1' });
    write('Several: k', '4, 8');
    write('k', '16');
    fireEvent.click(box('notes'));
    fireEvent.change(await screen.findByLabelText('Mixing'), {
      target: { value: '1' }
    });
    write('Weight of notes', '3');
    await estimated();
    const weighted = [{ capture: 'cp_1' }, { capture: 'cp_2', weight: 3 }];
    expect(bench.sent).toEqual({
      sources: weighted,
      mixing: 'weights',
      k: 16,
      saes: [{ k: 4 }, { k: 8 }]
    });
    const choose = (name: string, value: string) =>
      fireEvent.change(screen.getByLabelText(name, { selector: 'select' }), {
        target: { value }
      });
    choose('Architecture', '2');
    choose('Mixing', '0');
    await estimated();
    expect(bench.sent).toEqual({
      sources: [{ capture: 'cp_1' }, { capture: 'cp_2' }],
      mixing: 'uniform',
      architecture: 'standard'
    });
    choose('Architecture', '0');
    choose('Mixing', '1');
    await estimated();
    expect(bench.sent).toMatchObject({
      sources: weighted,
      saes: [{ k: 4 }, { k: 8 }]
    });
  });

  it('goes from one hook point to another', async () => {
    await open({ capture: 'cp_1' });
    fireEvent.change(box('Target'), { target: { value: '1' } });
    write('Reads at', TWO[0]);
    write('Reconstructs', TWO[1]);
    await estimated();
    expect(bench.sent).toEqual({
      sources: [{ capture: 'cp_1' }],
      target: 'transcode',
      saes: [{ hook: TWO[0], out_hook: TWO[1] }]
    });
  });

  it('reads several captures by their weights, all of one model', async () => {
    bench.captures.push(ready('cp_3', 'of another', 'md_2'));
    await open({ capture: 'cp_1' });
    expect(box('of another').disabled).toBe(true);
    expect(
      screen.getByText('It is of another model than “stories”.')
    ).toBeTruthy();
    fireEvent.click(box('notes'));
    fireEvent.change(await screen.findByLabelText('Mixing'), {
      target: { value: '3' }
    });
    write('Weight of notes', '3');
    write('Weight of notes at the end', '1');
    await estimated();
    expect(bench.sent).toEqual({
      sources: [
        { capture: 'cp_1' },
        { capture: 'cp_2', weight: 3, weight_at_end: 1 }
      ],
      mixing: 'curriculum'
    });
    // Of one capture there is nothing to weigh.
    fireEvent.click(box('stories'));
    await estimated();
    expect(bench.sent).toEqual({ sources: [{ capture: 'cp_2' }] });
  });

  it('cannot be started where something is in the way, and says what', async () => {
    await open();
    expect(reason()).toBe('Choose a capture.');
    bench.estimate = estimate({
      problem: 'k is 32, and there are only 16 features.',
      field: 'k',
      findings: [
        {
          level: 'warning',
          text: 'It is read 77 times.',
          remedy: 'Capture more.'
        }
      ]
    });
    fireEvent.click(box('stories'));
    await estimated();
    expect(reason()).toBe('k is 32, and there are only 16 features.');
    const alerts = within(form()).getAllByRole('alert');
    expect(
      alerts.some(each => each.closest('.jp-mistudio-Field') !== null)
    ).toBe(true);
    const findings = screen.getByRole('list', { name: 'Findings' });
    expect(findings.textContent).toBe(
      'warning It is read 77 times.Capture more.'
    );
    fireEvent.submit(form());
    await bench.settle();
    expect(bench.server.asked).not.toContain('POST /trainings');
  });

  it('starts, and opens its document', async () => {
    await open({ capture: 'cp_1' });
    write('Steps', '500');
    bench.server.on('POST /trainings', () => {
      bench.trainings = [training({ id: 'tr_2' }), ...bench.trainings];
      return json({ object: 'tr_2', job: 'jb_2' }, 202);
    });
    fireEvent.submit(form());
    await bench.settle();
    await bench.settle();
    const body = bench.server.bodies.map(each => JSON.parse(String(each)));
    expect(body[body.length - 1]).toEqual({
      sources: [{ capture: 'cp_1' }],
      steps: 500
    });
    expect(bench.shown[bench.shown.length - 1]).toBe('mistudio-training-tr_2');
    expect(screen.queryByRole('form', { name: 'New training' })).toBeNull();
  });

  it('begins as another one, with what differs from the defaults', async () => {
    await bench.load();
    await act(async () => {
      await bench.commands.execute(CommandIDs.clone, { id: 'tr_1' });
    });
    await estimated();
    expect(box('Width').value).toBe('1024');
    expect(box('k').value).toBe('8');
    expect(bench.sent).toEqual({
      sources: [{ capture: 'cp_1' }],
      width: 1024,
      k: 8,
      steps: 1200
    });
  });

  it('keeps SAEs that were put together one by one', async () => {
    const draft = {
      sources: [{ capture: 'cp_1' }],
      saes: [{ k: 8 }, { width: 256 }]
    };
    await open({ draft: JSON.stringify(draft) });
    const table = screen.getByRole('table', { name: 'SAEs of this training' });
    expect(table.textContent).toBe('k 8width 256');
    press('Leave out number 2');
    await estimated();
    expect(bench.sent).toEqual({ ...draft, saes: [{ k: 8 }] });
  });

  it('is a line of Python too, with only what was changed', async () => {
    const copied = vi.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await open({ capture: 'cp_1' });
    write('Several: k', '8, 16');
    write('Clip', '');
    press('Copy as code');
    await bench.settle();
    expect(copied).toHaveBeenCalledWith(
      [
        'import mistudio_ext as ms',
        '',
        'ws = ms.open("/data/studio")',
        'training = ws.train("cp_1", k=[8, 16], clip=None)'
      ].join('\n')
    );
  });

  it('shows the way where nothing was captured', async () => {
    bench.captures = [];
    const shown = vi.fn();
    bench.commands.addCommand('mistudio:show-models', {
      describedBy: { args: { type: 'object', properties: {} } },
      execute: shown
    });
    await open();
    press('Show the models');
    expect(shown).toHaveBeenCalled();
  });

  it('comes back with the layout as it was', async () => {
    const draft = { sources: [{ capture: 'cp_2' }], steps: 7 };
    await open({ draft: JSON.stringify(draft), document: 'here' });
    expect(bench.shown).toEqual(['here']);
    expect(box('Steps').value).toBe('7');
    expect(box('notes').checked).toBe(true);
  });

  it('is begun on the capture that is selected', async () => {
    await bench.load();
    bench.handoff.selected = [
      { kind: 'capture', id: 'cp_2', name: 'notes', detail: '' }
    ];
    expect(bench.commands.isEnabled(CommandIDs.trainOn)).toBe(true);
    await act(() => bench.commands.execute(CommandIDs.trainOn));
    await estimated();
    expect(box('notes').checked).toBe(true);
  });
});

it('values are written as Python writes them', () => {
  expect(pythonValue([{ 'a"b': [1, null] }, true])).toBe(
    '[{"a\\"b": [1, None]}, True]'
  );
});
