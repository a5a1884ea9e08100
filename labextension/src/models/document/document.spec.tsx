import { Dialog, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import { NONE } from '../../ui/objects/commandArgs';
import { event, FakeSocket, job, json, refusal } from '../../testing/server';
import { Bench } from '../testing/bench';
import { capture, hookPoints, model, modelFacts } from '../testing/objects';

const OPEN_SAE = 'mistudio:open-sae';

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
  Dialog.flush();
});

const tab = (name: string) => screen.getByRole('tab', { name });
const hook = (name: string) => screen.getByRole('button', { name });
const press = (name: string | RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }));

const memory = {
  precision: 'float32',
  weights: 4_175_000,
  free: 8_000_000_000,
  device: 'cpu',
  fits: true,
  smaller: null,
  precisions: [
    { precision: 'float32', weights: 4_175_000, fits: true, problem: null },
    { precision: 'int8', weights: 2_000_000, fits: false, problem: null },
    {
      precision: 'hqq2',
      weights: 1_000_000,
      fits: true,
      problem: 'It needs hqq.'
    }
  ]
};

describe('a document', () => {
  it('is named for its model, opened once, and closes with it', async () => {
    const widget = await bench.open();
    expect(widget.title.label).toBe('demo-llama');
    expect(widget.title.caption).toBe('Model demo-llama');
    expect(document.querySelector('header')?.textContent).toContain(
      'fp32 · 1.04 M params · 4 layers · d 128'
    );
    await act(async () => {
      expect(await bench.documents.open('md_1', 'about')).toBe(widget);
    });
    expect(tab('About').getAttribute('aria-selected')).toBe('true');
    bench.models = [];
    bench.captures = [];
    await act(() => bench.desk.model.refresh());
    expect(widget.isDisposed).toBe(true);
  });

  it('comes back with the layout, in the tab it was left', async () => {
    const restore = vi.fn();
    bench.documents.restore({ restore } as never);
    const widget = await bench.open('md_1', 'captures');
    const [, { args, command }] = restore.mock.calls[0];
    expect(args(widget)).toEqual({ id: 'md_1', tab: 'captures' });
    expect(command).toBe('mistudio:open-model');
  });

  it('says what is missing while its files are on their way', async () => {
    bench.models = [
      model({ facts: null, state: 'working', job: job({ object: 'md_1' }) })
    ];
    await bench.open();
    for (const name of ['Architecture', 'Try it']) {
      fireEvent.click(tab(name));
      expect(screen.getByText(/It is still being added/)).toBeTruthy();
    }
    expect(bench.server.asked).toEqual([]);
  });
});

describe('the architecture', () => {
  it('counts, and draws each layer with its hook points', async () => {
    await bench.open();
    const counts = screen.getByLabelText('Counts').textContent;
    expect(counts).toContain('parameters1.04 M');
    expect(counts).toContain('key-value heads2');
    expect(counts).toContain('embeddingstied');
    // 4 layers, of which each has six of the seven.
    expect(screen.getAllByRole('button', { name: /^Layer \d/ })).toHaveLength(
      24
    );
    expect(
      screen.getByText('Not offered').parentElement?.textContent
    ).toContain('attn_zThe heads are mixed.');
    expect(hook('Layer 2, resid_post, 1 capture')).toBeTruthy();
  });

  it('explains a hook point, lists what was captured there, and captures', async () => {
    await bench.open();
    fireEvent.click(hook('Layer 2, resid_post, 1 capture'));
    expect(screen.getByText('Title of resid_post, layer 2')).toBeTruthy();
    expect(screen.getByText('What resid_post is.')).toBeTruthy();
    expect(screen.getByText('layers.2.resid_post')).toBeTruthy();
    press('stories in the middle');
    press('Capture here…');
    expect(bench.asked).toEqual([
      ['mistudio:open-capture', { id: 'cp_1' }],
      [
        'mistudio:new-capture',
        { model: 'md_1', hooks: ['layers.2.resid_post'] }
      ]
    ]);
    fireEvent.click(hook('Layer 0, mlp_in'));
    expect(screen.queryByText('stories in the middle')).toBeNull();
  });

  it('marks where SAEs read, follows what comes, and opens one', async () => {
    const sae = (id: string, name: string, hook: string) => ({
      id,
      name,
      hook,
      facts: null
    });
    let saes = [sae('sa_1', 'a small one', 'layers.0.mlp_out')];
    bench.server.on('GET /saes', () => ({ saes }));
    bench.studio.openers.add('sa_', OPEN_SAE);
    bench.commands.addCommand(OPEN_SAE, {
      describedBy: NONE,
      execute: args => {
        bench.asked.push([OPEN_SAE, args]);
      }
    });
    await bench.open();
    fireEvent.click(hook('Layer 0, mlp_out, 1 SAE'));
    press('a small one');
    expect(bench.asked).toEqual([[OPEN_SAE, { id: 'sa_1' }]]);
    expect(bench.server.asked.join()).toContain('model=md_1');
    saes = [...saes, sae('sa_2', 'another', 'layers.2.resid_post')];
    act(() =>
      FakeSocket.last.say(
        [event(1, { topic: 'saes', type: 'created', object: 'sa_2' })],
        1
      )
    );
    await bench.settle();
    expect(hook('Layer 2, resid_post, 1 capture, 1 SAE')).toBeTruthy();
  });

  it('is walked with the arrows, past what is not there; Tab reaches one', async () => {
    await bench.open();
    const reachable = () =>
      screen
        .getAllByRole('button', { name: /^Layer \d/ })
        .filter(each => each.tabIndex === 0);
    expect(reachable()).toEqual([hook('Layer 0, resid_pre')]);
    act(() => reachable()[0].focus());
    const key = (name: string) =>
      fireEvent.keyDown(document.activeElement!, { key: name });
    key('ArrowRight');
    expect(document.activeElement).toBe(hook('Layer 0, attn_out'));
    key('ArrowDown');
    expect(document.activeElement).toBe(hook('Layer 1, attn_out'));
    expect(reachable()).toEqual([document.activeElement]);
    key('End');
    expect(document.activeElement).toBe(hook('Layer 1, resid_post'));
  });

  it('folds many layers, except where something was captured', async () => {
    bench.models = [model({ facts: modelFacts({ layers: 80 }) })];
    bench.captures = [capture({ hooks: ['layers.41.mlp_out'] })];
    bench.server.on('GET /models/md_1/hook-points', hookPoints(80));
    await bench.open();
    const folds = [...document.querySelectorAll('details')];
    expect(folds.map(each => each.open)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      false,
      false
    ]);
    expect(screen.getAllByRole('button', { name: /^Layer \d/ })).toHaveLength(
      120
    );
    act(() => hook('Layer 9, mlp_in').focus());
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(hook('Layer 40, mlp_in'));
    folds[7].open = true;
    fireEvent(folds[7], new Event('toggle'));
    await bench.settle();
    expect(hook('Layer 79, mlp_in')).toBeTruthy();
  });

  it('says why nothing could be measured, and tries again', async () => {
    bench.server.on('GET /models/md_1/hook-points', () =>
      refusal(507, 'memory')
    );
    await bench.open();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.server.on('GET /models/md_1/hook-points', () => json(hookPoints()));
    press('Try again');
    await bench.settle();
    expect(hook('Layer 0, resid_pre')).toBeTruthy();
  });

  it('loads a heavy model only when asked to', async () => {
    bench.models = [model({ facts: modelFacts({ bytes: 140e9 }) })];
    await bench.open();
    expect(bench.server.asked).toEqual([]);
    press('Show the hook points');
    await bench.settle();
    expect(bench.server.asked).toEqual([
      'GET /models/md_1/hook-points',
      'GET /saes?model=md_1'
    ]);
  });
});

describe('what is known about it', () => {
  beforeEach(() => {
    bench.server.on('GET /models/md_1/memory', memory);
    bench.server.on('GET /models/md_1/card', {
      text: '# Demo\n<script>alert(1)</script>'
    });
  });

  it('names source, license, memory, card and configuration as the text they are', async () => {
    await bench.open('md_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain('Path/models/demo-llama');
    expect(facts).toContain('linked');
    expect(facts).toContain('Licensemit');
    const rows = within(
      screen.getByRole('table', { name: 'Memory by precision' })
    )
      .getAllByRole('row')
      .map(each => each.textContent);
    expect(rows).toEqual([
      'float324.18 MBfits · as it was added',
      'int82 MBdoes not fit now',
      'hqq21 MBIt needs hqq.'
    ]);
    expect(document.querySelector('script')).toBeNull();
    expect(screen.getByText(/alert\(1\)/).tagName).toBe('PRE');
    const folded = document.querySelector('details')!;
    expect(folded.open).toBe(false);
    expect(folded.textContent).toContain('"note": "<b>bold</b>"');
  });

  it('keeps tags; a model without a card says so', async () => {
    bench.server.on('GET /models/md_1/card', () => refusal(404, 'no_card'));
    bench.server.on('PATCH /models/md_1', async (request: Request) =>
      model(await request.json())
    );
    await bench.open('md_1', 'about');
    expect(screen.getByText('It is wrong.').tagName).toBe('P');
    expect(screen.queryByRole('alert')).toBeNull();
    const tags = screen.getByLabelText('Tags');
    fireEvent.change(tags, { target: { value: 'small, demo' } });
    fireEvent.blur(tags);
    await bench.settle();
    expect(bench.sent).toEqual({ tags: ['small', 'demo'] });
  });
});

describe('trying it', () => {
  const SCHEMA = {
    components: {
      schemas: {
        TryModel: {
          type: 'object',
          properties: {
            prompt: { type: 'string', title: 'Prompt', maxLength: 20_000 },
            chat: { type: 'boolean', title: 'As a chat', default: false },
            seed: { type: 'integer', title: 'Seed', default: 0 }
          },
          required: ['prompt']
        }
      }
    }
  };

  beforeEach(() => {
    bench.server.on('GET /openapi.json', SCHEMA);
  });

  it('writes, and says how fast, where and in what', async () => {
    bench.server.on('POST /models/md_1/try', {
      text: '<b>it</b> rained',
      tokens: 50,
      ended: false,
      seconds: 0.5,
      device: 'cpu',
      precision: 'float32',
      measured: 4_175_000,
      quantized_share: null
    });
    await bench.open('md_1', 'try');
    const prompt = await screen.findByLabelText(/Prompt/);
    // Without a template there is no chat.
    expect(screen.queryByLabelText('As a chat')).toBeNull();
    press('Write');
    expect(bench.server.asked).not.toContain('POST /models/md_1/try');
    fireEvent.change(prompt, { target: { value: 'Once' } });
    fireEvent.keyDown(prompt, { key: 'Enter', ctrlKey: true });
    await bench.settle();
    expect(bench.sent).toEqual({ prompt: 'Once' });
    expect(screen.getByText('<b>it</b> rained')).toBeTruthy();
    const figures = screen.getByLabelText('How it was written').textContent;
    expect(figures).toContain('tokens/s100');
    expect(figures).toContain('weights in memory4.18 MB');
  });

  it('offers the chat of a model that has a template; errors stand where they happened', async () => {
    bench.models = [model({ facts: modelFacts({ chat_template: true }) })];
    bench.server.on('POST /models/md_1/try', () => refusal(504, 'deadline'));
    await bench.open('md_1', 'try');
    const prompt = await screen.findByLabelText(/Prompt/);
    expect(screen.getByLabelText('As a chat')).toBeTruthy();
    fireEvent.change(prompt, { target: { value: 'Hello' } });
    press('Write');
    await bench.settle();
    expect(screen.getByRole('alert').textContent).toContain(
      'It is wrong.Do better.'
    );
  });
});

describe('its captures', () => {
  it('are listed with what they took, opened and deleted', async () => {
    bench.server.on('GET /captures/cp_1/delete-plan', {
      id: 'cp_1',
      statement: 'Deletes the capture.',
      also: [],
      bytes: 1,
      blocked_by: []
    });
    await bench.open('md_1', 'captures');
    const table = screen.getByRole('table', { name: 'Captures' });
    const [, line] = within(table).getAllByRole('row');
    expect(line.textContent).toContain('L2 resid_post530,000');
    expect(line.textContent).toContain('fp32 → fp16136 MB1:02');
    expect(line.textContent).toContain('ready');
    press('stories in the middle');
    press('New capture…');
    expect(bench.asked).toEqual([
      ['mistudio:open-capture', { id: 'cp_1' }],
      ['mistudio:new-capture', { model: 'md_1' }]
    ]);
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
    press('Delete stories in the middle…');
    await vi.waitFor(() =>
      expect(document.querySelector('.jp-Dialog-body')?.textContent).toContain(
        'Deletes the capture.'
      )
    );
    vi.unstubAllGlobals();
  });

  it('are none yet', async () => {
    bench.captures = [];
    await bench.open('md_1', 'captures');
    press('New capture…');
    expect(bench.asked).toEqual([['mistudio:new-capture', { model: 'md_1' }]]);
  });
});
