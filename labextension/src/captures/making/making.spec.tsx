import { Clipboard, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen } from '@testing-library/react';
import { NONE } from '../../ui/objects/commandArgs';
import { CommandIDs } from '../commandIds';
import { Bench, capture, estimate, EVIL } from '../testing/bench';
import { CaptureForm } from './captureForm';
import { python } from './code';

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
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

const form = () => screen.getByRole('form', { name: 'New capture' });
const reason = () =>
  document.querySelector('.jp-mistudio-NewCapture-end [role=status]')!
    .textContent;
const radio = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const press = (name: string) =>
  fireEvent.click(screen.getByRole('button', { name }));
const box = (name: string) =>
  document.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`)!;

describe('a new capture', () => {
  it('begins with a model, and takes a text that its own tokenizer cut', async () => {
    await open({ model: 'md_1' });
    expect(radio('demo-llama').checked).toBe(true);
    expect(radio('stories: tok · 64 · packed').checked).toBe(true);
    // What the server would take is ticked, and not sent as if it was chosen.
    expect(box('Layer 2, resid_post').checked).toBe(true);
    expect(JSON.parse(String(bench.server.bodies.pop()))).toEqual({
      model: 'md_1',
      tokenization: 'tk_1'
    });
    expect(reason()).toBe('');
  });

  it('says why a text cannot be read', async () => {
    await open({ model: 'md_1' });
    const other = radio(`stories: ${EVIL}`);
    expect(other.disabled).toBe(true);
    expect(
      screen.getByText(
        'It has token ids up to 50,000, and demo-llama knows only 1,024 tokens: the tokenizer is not this model’s.'
      )
    ).toBeTruthy();
    expect(document.querySelector('script')).toBeNull();
  });

  it('warns of another tokenizer, which is no reason not to', async () => {
    bench.tokenizations = [
      {
        ...bench.tokenizations[1],
        facts: { ...bench.tokenizations[1].facts!, largest_id: 300 }
      }
    ];
    await open({ model: 'md_1' });
    expect(radio(`stories: ${EVIL}`).disabled).toBe(false);
    expect(radio(`stories: ${EVIL}`).checked).toBe(false);
    expect(screen.getByText(/Cut by another tokenizer/)).toBeTruthy();
    expect(reason()).toBe('Choose a text.');
  });

  it('says what it would take, anew after each change', async () => {
    await open({ model: 'md_1' });
    const pane = screen.getByRole('region', { name: 'What it would take' });
    expect(pane.textContent).toContain('630');
    expect(pane.textContent).toContain('176 kB of 81 GB free');
    expect(pane.textContent).toContain('0:12');
    bench.estimate = estimate({
      hooks: ['layers.1.mlp_out'],
      disk: 9e12,
      problem: 'It needs 9,000 GB on the disk, and 81 GB are free.'
    });
    fireEvent.click(box('Layer 1, mlp_out'));
    await estimated();
    expect(bench.sent).toEqual({
      model: 'md_1',
      tokenization: 'tk_1',
      hooks: ['layers.1.mlp_out', 'layers.2.resid_post']
    });
    expect(pane.textContent).toContain('9 TB of 81 GB free · too much');
    expect(reason()).toContain('It needs 9,000 GB');
    const start = screen.getByRole('button', { name: 'Start' });
    expect(start.getAttribute('aria-disabled')).toBe('true');
    fireEvent.submit(form());
    await bench.settle();
    expect(bench.server.asked).not.toContain('POST /captures');
  });

  it('wants at least one hook point', async () => {
    await open({ model: 'md_1' });
    fireEvent.click(box('Layer 2, resid_post'));
    expect(reason()).toBe('Tick at least one hook point.');
  });

  it('starts it and opens its document', async () => {
    await open({ model: 'md_1', hooks: ['layers.0-1.resid_pre'] });
    bench.server.on('POST /captures', () => {
      bench.captures = [capture({ id: 'cp_2', name: 'new' })];
      return { object: 'cp_2', job: 'jb_1' };
    });
    fireEvent.submit(form());
    await bench.settle();
    expect(bench.sent).toEqual({
      model: 'md_1',
      tokenization: 'tk_1',
      hooks: ['layers.0-1.resid_pre']
    });
    expect(bench.shown[bench.shown.length - 1]).toBe('mistudio-capture-cp_2');
    expect(screen.queryByRole('form', { name: 'New capture' })).toBeNull();
  });

  it('offers one that is equal', async () => {
    bench.estimate = estimate({ same: 'cp_1' });
    await open({ model: 'md_1' });
    press('Open it');
    await bench.settle();
    expect(bench.shown[bench.shown.length - 1]).toBe('mistudio-capture-cp_1');
  });

  it('shows at its field what the server refuses', async () => {
    await open({ model: 'md_1' });
    bench.server.on(
      'POST /captures',
      () =>
        new Response(
          JSON.stringify({
            message: 'It is too large.',
            error: { code: 'bad', hint: 'Take less.', field: 'batch_size' }
          }),
          { status: 400 }
        )
    );
    fireEvent.submit(form());
    await bench.settle();
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toBe('It is too large. Take less.');
    expect(alert.closest('.jp-mistudio-Field')?.textContent).toContain(
      'Batch size'
    );
  });

  it('says what is missing, and shows the way', async () => {
    bench.models = [];
    bench.tokenizations = [];
    const shown = vi.fn();
    bench.commands.addCommand('mistudio:show-models', {
      describedBy: NONE,
      execute: shown
    });
    await open();
    press('Show the models');
    expect(shown).toHaveBeenCalled();
    expect(screen.getByText('No text is tokenized yet.')).toBeTruthy();
    expect(reason()).toBe('Choose a model.');
  });

  it('asks again where a model can be read', async () => {
    bench.refuse('GET /models/md_1/hook-points');
    await open({ model: 'md_1' });
    bench.server.on('GET /models/md_1/hook-points', {
      layers: 1,
      points: [],
      missing: []
    });
    press('Try again');
    await bench.settle();
    expect(box('All of layer 0')).toBeTruthy();
  });

  it('is a line of Python too', async () => {
    const copied = vi.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await open({ model: 'md_1' });
    fireEvent.change(screen.getByLabelText('At most'), {
      target: { value: '500' }
    });
    fireEvent.change(screen.getByLabelText('Batch size'), {
      target: { value: '' }
    });
    press('Copy as code');
    await bench.settle();
    expect(copied).toHaveBeenCalledWith(
      [
        'import mistudio_ext as ms',
        '',
        'ws = ms.open("/data/studio")',
        'capture = ws.capture("md_1", "tk_1", hooks=["layers.2.resid_post"], max_tokens=500, batch_size=None)'
      ].join('\n')
    );
  });

  it('comes back with the layout as it was', async () => {
    const draft = { model: 'md_1', tokenization: 'tk_1', max_tokens: 7 };
    await open({ draft: JSON.stringify(draft), document: 'here' });
    expect(bench.shown).toEqual(['here']);
    expect(screen.getByLabelText<HTMLInputElement>('At most').value).toBe('7');
  });
});

it('keeps of another model’s hook points those that this one has', async () => {
  await bench.load();
  const made = new CaptureForm({
    desk: bench.desk,
    draft: {
      model: 'md_1',
      hooks: ['layers.2-9.resid_post', 'layers.all.attn_z']
    },
    settle: 1
  });
  await bench.settle();
  expect(made.value.hooks).toEqual(['layers.2-3.resid_post']);
  made.dispose();
});

it('values are written as Python writes them', () => {
  expect(python(['a"b', true, null, 3, [false]])).toBe(
    '["a\\"b", True, None, 3, [False]]'
  );
});
