import { Clipboard, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import type { Variant } from '../../api/types';
import * as download from '../../ui/download';
import { event, FakeSocket, job, json, refusal } from '../../testing/server';
import { CommandIDs } from '../commandIds';
import { Bench } from '../testing/bench';
import {
  checkpoint,
  evaluation,
  running,
  sae,
  training,
  trainingFacts,
  variantFacts
} from '../testing/objects';

// Nine charts are drawn in each document, on a machine that has other work too.
vi.setConfig({ testTimeout: 20_000 });

let bench: Bench;
/** By what is asked for, as in `training 0`. */
let metrics: Record<string, Record<string, (number | null)[]>>;
let steps: number[];

beforeEach(() => {
  bench = new Bench();
  steps = [10, 20, 30];
  metrics = {
    'training 0': {
      loss: [0.5, 0.3, 0.2],
      l0: [8, 8, 8],
      fvu: [0.4, 0.2, 0.1],
      dead: [0, 0, 0.004],
      gradient_norm: [1, 0.9, 0.8],
      learning_rate: [1e-4, 1e-3, 1e-3]
    },
    'evaluation 0': {
      fvu: [null, null, 0.12],
      loss_recovered: [null, null, 0.98]
    },
    'machine 0': {
      tokens_per_second: [null, 30_000, 31_000],
      memory: [1, 1, 1]
    }
  };
  bench.server.on('GET /trainings/tr_1/metrics', (request: Request) => {
    const { searchParams: asked } = new URL(request.url);
    const of = asked.get('of') ?? 'training';
    const columns = metrics[`${of} ${asked.get('variant') ?? 0}`] ?? {};
    return {
      steps: Object.keys(columns).length ? steps : [],
      columns,
      rows: Object.keys(columns).length ? steps.length : 0,
      last: steps[steps.length - 1]
    };
  });
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

const press = (name: string) =>
  fireEvent.click(screen.getByRole('button', { name }));
const labels = () =>
  within(screen.getByRole('toolbar', { name: 'Actions' }))
    .getAllByRole('button')
    .map(each => each.getAttribute('aria-label'));
const figures = () => screen.getByLabelText('Latest numbers').textContent;
const chart = (name: string) =>
  screen.getByRole('img', { name }).closest('figure')!;
const asked = (what: string) =>
  bench.server.asked.filter(each => each.includes(what));

describe('the head', () => {
  it('says how it goes, and what can be done meanwhile', async () => {
    bench.trainings = [running()];
    bench.server.on('POST /jobs/jb_1/pause', job({ state: 'pausing' }));
    bench.server.on(
      'POST /trainings/tr_1/checkpoints',
      bench.trainings[0].job!
    );
    await bench.open();
    expect(figures()).toBe(
      'FVU0.112L08 (target 8)Dead0.4 %Loss recovered— Nothing was measured yet.' +
        'Speed31 k tok/sMemory1.2 GBTime left0:58'
    );
    expect(labels()).toEqual([
      'Pause',
      'Stop and keep',
      'Cancel',
      'Save a checkpoint now',
      'Extend…: It has not come to an end.',
      'Clone with changes…',
      'Insert into Notebook',
      'Send to Kernel',
      'Copy as Code that Trains It',
      'Copy as Code'
    ]);
    const { progress } = bench.trainings[0].job!;
    const data = {
      ...progress,
      stage: 'Reading the model',
      figures: { ...progress.figures, tokens_read: 0, tokens_to_read: 5_000 }
    };
    act(() => FakeSocket.last.say([event(1, { type: 'progress', data })], 1));
    expect(
      screen.getByText(/Reading the model: 0 of 5,000 tokens/)
    ).toBeTruthy();
    press('Save a checkpoint now');
    press('Pause');
    await bench.settle();
    expect(bench.server.asked).toContain('POST /trainings/tr_1/checkpoints');
    expect(bench.server.asked).toContain('POST /jobs/jb_1/pause');
  });

  it('says what came of it in the end', async () => {
    bench.trainings = [
      training({
        facts: trainingFacts({
          stop_reason: 'It was stopped.',
          saes: [
            variantFacts({ evaluation: evaluation() }),
            variantFacts({
              number: 1,
              k: 16,
              evaluation: evaluation({ fvu: 0.0877, l0: 16 })
            })
          ]
        })
      })
    ];
    await bench.open();
    // From the lowest to the highest, and no aim that holds for both.
    expect(figures()).toBe(
      'FVU0.0877 – 0.112L08 – 16Dead0.4 %Loss recovered98.2 %'
    );
    expect(screen.getByText(/It was stopped\./)).toBeTruthy();
    expect(labels()[0]).toBe('Extend…');
  });

  it('says of what was never evaluated that it is of the last batch', async () => {
    const { job } = training();
    bench.trainings = [
      training({
        facts: trainingFacts({ saes: [variantFacts()] }),
        job: {
          ...job!,
          state: 'succeeded',
          progress: {
            ...job!.progress,
            figures: { fvu: 0.25, l0: 8, dead: 0.01 }
          }
        }
      })
    ];
    await bench.open();
    expect(figures()).toBe(
      'FVU0.25last batchL08 (target 8)last batchDead1 %last batch' +
        'Loss recovered— It was not measured: that takes text that is held out.'
    );
  });

  it('says why no loss is recovered where none is lost', async () => {
    const unharmed = evaluation({ ce_clean: 9.1, loss_recovered: null });
    const saes = [variantFacts({ evaluation: unharmed })];
    bench.trainings = [training({ facts: trainingFacts({ saes }) })];
    await bench.open();
    expect(figures()).toMatch(
      /Loss recovered— .*there is no loss to recover\.$/
    );
  });

  it('holds it against an SAE that has learned nothing', async () => {
    const control = {
      fvu: 0.774,
      l0: 8,
      dead: 0.25,
      ce_increase: 1,
      loss_recovered: 0.797,
      kl_score: 0.7
    };
    const saes = [variantFacts({ evaluation: evaluation({ control }) })];
    bench.trainings = [training({ facts: trainingFacts({ saes }) })];
    await bench.open();
    expect(figures()).toBe(
      'FVU0.112untrained: 0.774L08 (target 8)Dead0.4 %untrained: 25 %' +
        'Loss recovered98.2 %untrained: 79.7 %'
    );
  });

  it('extends it by so many steps', async () => {
    bench.server.on('POST /trainings/tr_1/extend', {
      object: 'tr_1',
      job: 'jb_2'
    });
    await bench.open();
    press('Extend…');
    await bench.settle();
    const field = await screen.findByLabelText(
      'More steps',
      {},
      { timeout: 5000 }
    );
    fireEvent.change(field, { target: { value: '500' } });
    fireEvent.click(document.querySelector('.jp-Dialog .jp-mod-accept')!);
    await bench.settle();
    expect(bench.sent).toEqual({ steps: 500 });
  });

  it('hands out the line that trains it anew', async () => {
    const copied = vi.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await bench.open();
    press('Copy as Code that Trains It');
    await vi.waitFor(() => expect(copied).toHaveBeenCalled());
    expect(copied.mock.calls[0][0]).toContain(
      'training = ws.train("cp_1", width=1024, k=8, steps=1200)'
    );
  });
});

describe('the curves', () => {
  it('are drawn, with their last values in words and a line to the target', async () => {
    await bench.open();
    expect(chart('Loss').textContent).toContain('0.2 at step 30');
    expect(
      within(chart('Loss')).getByLabelText<HTMLInputElement>('log').checked
    ).toBe(true);
    expect(chart('L0').textContent).toContain('target 8');
    expect(chart('On held-out text').textContent).toContain('0.98');
    expect(chart('Tokens a second').textContent).toContain('31,000 at step 30');
    expect(screen.queryByRole('img', { name: 'GPU utilization' })).toBeNull();
  });

  it('go on while it runs, and are all of one part when one is zoomed', async () => {
    bench.trainings = [running({ facts: null })];
    bench.server.on('GET /trainings/tr_1', () => running());
    const widget = await bench.open();
    // Which SAEs there are is known once it has begun.
    expect(chart('Loss').textContent).toContain('k 8');
    const { curves } = widget.content.document;
    expect(asked('of=training')).toHaveLength(1);
    steps = [10, 20, 30, 40];
    metrics['training 0'].loss.push(0.1);
    const data = { ...bench.trainings[0].job!.progress, done: 800 };
    act(() => FakeSocket.last.say([event(1, { type: 'progress', data })], 1));
    await act(() => new Promise(resolve => setTimeout(resolve, 2100)));
    await bench.settle();
    expect(asked('of=training')).toHaveLength(2);
    expect(chart('Loss').textContent).toContain('0.1 at step 40');
    act(() => {
      curves.range = [20, 30];
    });
    await bench.settle();
    expect(asked('of=training')[2]).toContain('first=20&last=30');
    expect(within(chart('FVU')).getByText('Show all')).toBeTruthy();
    fireEvent.click(within(chart('FVU')).getByText('Show all'));
    await bench.settle();
    expect(curves.range).toBeNull();
    expect(asked('of=training')[3]).not.toContain('first=');
  });

  it('of several SAEs are named, and smoothed when the reader likes', async () => {
    bench.trainings = [
      training({
        facts: trainingFacts({
          saes: [
            variantFacts({ title: 'small' }),
            variantFacts({ number: 1, title: '<b>large</b>' })
          ]
        })
      })
    ];
    metrics['training 1'] = { ...metrics['training 0'], loss: [1, 1, 1] };
    const widget = await bench.open();
    expect(chart('Loss').textContent).toContain('small: 0.2; <b>large</b>: 1');
    fireEvent.change(screen.getByLabelText('Smoothing'), {
      target: { value: '0.9' }
    });
    expect(widget.content.document.curves.smoothing).toBe(0.9);
    const named = chart('Loss').querySelector('.jp-mistudio-Chart-values')!;
    expect(named.textContent).toBe('small<b>large</b>');
  });

  it('leave whole, as the server has them', async () => {
    const save = vi.spyOn(download, 'saveFrom').mockReturnValue();
    await bench.open();
    press('Save all numbers');
    const menu = document.querySelector('.lm-Menu')!;
    expect(
      [...menu.querySelectorAll('.lm-Menu-itemLabel')].map(
        each => each.textContent
      )
    ).toEqual([
      'Save all steps as CSV',
      'Save all steps as JSON',
      'Save evaluations as CSV',
      'Save speed and memory as CSV'
    ]);
    fireEvent.keyDown(menu, { keyCode: 40 });
    fireEvent.keyDown(menu, { keyCode: 40 });
    fireEvent.keyDown(menu, { keyCode: 13 });
    const url = new URL(save.mock.calls[0][0]);
    expect(url.pathname).toBe(
      '/a%40b/mistudio/api/trainings/tr_1/metrics/download'
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      of: 'training',
      format: 'json',
      token: 'secret'
    });
  });

  it('say so where nothing was noted yet', async () => {
    metrics = {};
    await bench.open();
    expect(screen.getByText(/Nothing was noted yet/)).toBeTruthy();
  });
});

it('the evaluation has a row an SAE, and one below it of what learned nothing', async () => {
  const control = {
    fvu: 0.774,
    l0: 8,
    dead: 0.25,
    ce_increase: 1.5,
    loss_recovered: 0.797,
    kl_score: 0.7
  };
  const whole = evaluation({
    effect_tokens: 2048,
    ce_clean: 3.1,
    ce_increase: 0.0512,
    loss_recovered: 0.982,
    loss_recovered_mean: 0.95,
    kl_score: 0.97,
    whitened_fvu: 0.31,
    mse: 1.25,
    l1: 44,
    frequencies: { edges: [], counts: [], silent: 0, dense: 0, rare: 12 },
    control
  });
  const saes = [
    variantFacts({ title: 'in · k 8', evaluation: whole }),
    variantFacts({
      number: 1,
      title: 'in · k 16',
      evaluation: evaluation({
        step: 900,
        effect_tokens: 0,
        loss_recovered: null,
        affine_fvu: 0.4,
        prefixes: [16, 1024],
        prefix_fvu: [0.62, 0.11]
      })
    }),
    variantFacts({ number: 2, title: 'in · k 32' })
  ];
  bench.trainings = [training({ facts: trainingFacts({ saes }) })];
  await bench.open('evaluation');
  const table = screen.getByRole('table', {
    name: 'Evaluation on held-out text'
  });
  const names = within(table)
    .getAllByRole('columnheader')
    .map(each => each.textContent!);
  const [first, below, second, third] = within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row => [...row.children]);
  const cell = (row: Element[], name: string) => row[names.indexOf(name)];
  const told = (row: Element[], ...wanted: string[]) =>
    wanted.map(name => cell(row, name).textContent);
  expect(told(first, 'SAE', 'Step', 'CE increase', 'Loss recovered')).toEqual([
    'k 8',
    '1,200',
    '0.0512',
    '98.2 %'
  ]);
  expect(
    told(first, '… against the mean', 'KL score', 'Whitened FVU', 'MSE', 'L1')
  ).toEqual(['95 %', '0.97', '0.31', '1.25', '44']);
  expect(told(first, 'L0', 'Silent', 'Rare')).toEqual(['8', '0.4 %', '12']);
  // Each with what it was taken over.
  expect(told(first, 'Tokens', 'Spliced at')).toEqual(['65,536', '2,048']);
  expect(cell(first, 'FVU').getAttribute('title')).toBe('Over 65,536 tokens.');
  expect(cell(first, 'KL score').getAttribute('title')).toBe(
    'Over 2,048 tokens.'
  );
  expect(told(below, 'SAE', 'FVU', 'CE increase', 'MSE')).toEqual([
    'untrained',
    '0.774',
    '1.5',
    '—'
  ]);
  expect(told(second, 'Affine FVU', 'FVU of prefixes')).toEqual([
    '0.4',
    '16: 0.62; 1,024: 0.11'
  ]);
  expect(cell(second, 'Loss recovered').textContent).toBe(
    '— The model was not run with it.'
  );
  expect(told(third, 'SAE', 'Step', 'FVU')).toEqual(['k 32', '—', '—']);
});

it('without an evaluation it is said when there will be one', async () => {
  bench.trainings = [running()];
  await bench.open('evaluation');
  expect(screen.getByText(/Not evaluated yet/)).toBeTruthy();
});

it('a live range stands where there are several SAEs', async () => {
  const live = running();
  live.job!.progress.figures = { fvu_lowest: 0.1, fvu_highest: 0.25 };
  live.facts!.saes.push(variantFacts({ number: 1, k: 16 }));
  bench.trainings = [live];
  await bench.open();
  expect(figures()).toMatch(/^FVU0\.1 – 0\.25L0— Nothing was measured yet\./);
});

it('health says what was found, where, and what to do', async () => {
  bench.server.on('GET /trainings/tr_1/health', {
    step: 744,
    steps: 1200,
    phase: 'full',
    checked: true,
    findings: [
      {
        level: 'warning',
        text: '22 % of the features are dead.',
        remedy: 'Choose aux_k.',
        changes: { dead_features: 'aux_k', tokens: null },
        step: 400,
        sae: 0
      },
      {
        level: 'warning',
        text: 'Next to nothing is explained.',
        remedy: 'Allow more active features.',
        // Its SAEs have numbers of their own.
        changes: { k: 16 },
        step: 500,
        sae: 0
      }
    ]
  });
  bench.trainings = [training({ saes: [{ k: 4 }, { k: 8 }] as Variant[] })];
  const opened = vi.spyOn(bench.commands, 'execute');
  await bench.open('health');
  expect(screen.getByText('Step 744 of 1,200: full sparsity')).toBeTruthy();
  const found = screen.getByRole('list', { name: 'Findings' });
  expect(found.textContent).toContain(
    'warning 22 % of the features are dead.Choose aux_k.'
  );
  expect(found.textContent).toContain('k 8, at step 400');
  expect(within(found).getAllByRole('button')).toHaveLength(1);
  press('Restart with dead features aux_k…');
  const call = opened.mock.calls.find(([id]) => id === CommandIDs.create)!;
  expect(JSON.parse(String(call[1]!.draft))).toMatchObject({
    dead_features: 'aux_k',
    sources: [{ capture: 'cp_1' }]
  });
});

describe('the checkpoints', () => {
  beforeEach(() => {
    bench.checkpoints = [
      checkpoint({ step: 500, kept_for: ['first'], fvu: [null] }),
      checkpoint({ step: 1000, kept_for: ['best'], fvu: [0.1] }),
      checkpoint()
    ];
  });

  it('say why each is kept, and which is the best', async () => {
    await bench.open('checkpoints');
    const table = screen.getByRole('table', { name: 'Checkpoints' });
    const cells = within(table)
      .getAllByRole('row')
      .map(row => row.textContent);
    expect(cells[1]).toContain('500—4.2 MBfirst');
    expect(cells[2]).toContain('1,0000.14.2 MBbest');
    expect(
      screen.getByText(/the best checkpoint is that of step 1,000/)
    ).toBeTruthy();
  });

  it('go one by one; the best only when that is agreed to', async () => {
    for (const step of [500, 1000]) {
      bench.server.on(`DELETE /trainings/tr_1/checkpoints/${step}`, () => {
        bench.checkpoints = bench.checkpoints.filter(
          each => each.step !== step
        );
        return { checkpoints: bench.checkpoints };
      });
    }
    await bench.open('checkpoints');
    press('Delete the checkpoint of step 500');
    await bench.settle();
    expect(bench.server.asked).toContain(
      'DELETE /trainings/tr_1/checkpoints/500?agreed=false'
    );
    press('Delete the checkpoint of step 1,000');
    await vi.waitFor(() =>
      expect(document.querySelector('.jp-Dialog')?.textContent).toContain(
        'It is the best one of this training.'
      )
    );
    expect(asked('checkpoints/1000')).toEqual([]);
    fireEvent.click(document.querySelector('.jp-Dialog .jp-mod-warn')!);
    await bench.settle();
    expect(bench.server.asked).toContain(
      'DELETE /trainings/tr_1/checkpoints/1000?agreed=true'
    );
    expect(
      within(screen.getByRole('table', { name: 'Checkpoints' })).getAllByRole(
        'row'
      )
    ).toHaveLength(2);
  });

  it('say what the server has against it', async () => {
    bench.server.on('DELETE /trainings/tr_1/checkpoints/500', () =>
      refusal(409, 'in_use')
    );
    await bench.open('checkpoints');
    const told = vi.spyOn(Notification, 'error');
    press('Delete the checkpoint of step 500');
    await bench.settle();
    expect(told.mock.calls[0][0]).toBe('It is wrong. Do better.');
  });

  it('become SAEs', async () => {
    bench.server.on('POST /trainings/tr_1/saes', () => {
      bench.saes = [sae()];
      return json({ object: 'sa_1', job: 'jb_4' }, 202);
    });
    await bench.open('checkpoints');
    press('Make an SAE of step 1,000');
    await bench.settle();
    expect(bench.sent).toEqual({ sae: 0, step: 1000 });
    expect(bench.desk.model.nestedOf('tr_1').map(each => each.id)).toEqual([
      'sa_1'
    ]);
  });

  it('go to a notebook as what gets them from the training', async () => {
    const insert = vi.spyOn(bench.handoff, 'insert');
    const copy = vi.spyOn(bench.handoff, 'copy');
    await bench.open('checkpoints');
    press('Use step 1,000 in a notebook');
    await bench.settle();
    const wanted = {
      kind: 'training',
      id: 'tr_1',
      name: 'topk in the middle, step 1000',
      part: { method: 'sae', numbers: { step: 1000 } }
    };
    expect(insert.mock.calls[0][0]).toMatchObject([wanted]);
    bench.handoff.blocked = 'No notebook is open.';
    press('Use step 1,000 in a notebook');
    await bench.settle();
    expect(copy.mock.calls[0][0]).toMatchObject([wanted]);
    expect(insert).toHaveBeenCalledTimes(1);
  });

  it('are downloaded once an SAE is made of them', async () => {
    const save = vi.spyOn(download, 'saveFrom').mockReturnValue();
    bench.server.on('POST /trainings/tr_1/saes', () =>
      json({ object: 'sa_1', job: 'jb_4' }, 202)
    );
    let looks = 0;
    bench.server.on('GET /saes/sa_1', () =>
      ++looks < 2 ? sae({ facts: null, state: 'working' }) : sae()
    );
    await bench.open('checkpoints');
    press('Download the SAE of step 500');
    await act(() => vi.waitFor(() => expect(save).toHaveBeenCalled()));
    expect(looks).toBe(2);
    expect(new URL(save.mock.calls[0][0]).pathname).toBe(
      '/a%40b/mistudio/api/saes/sa_1/download'
    );
    bench.server.on('GET /saes/sa_1', () =>
      sae({ facts: null, state: 'failed', reason: 'The disk is full.' })
    );
    const told = vi.spyOn(Notification, 'error');
    press('Download the SAE of step 500');
    await act(() => vi.waitFor(() => expect(told).toHaveBeenCalled()));
    expect(told.mock.calls[0][0]).toBe('The disk is full.');
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('are pruned by a rule, once it was said which ones go', async () => {
    bench.trainings = [training({ keep_every: 500 })];
    bench.server.on(
      'GET /trainings/tr_1/checkpoints/prune-plan',
      (request: Request) => {
        const every = new URL(request.url).searchParams.get('keep_every');
        return {
          statement: `Every ${every} stays.`,
          keep: [1000, 1200],
          drop: every === '500' ? [] : [500],
          bytes: 1
        };
      }
    );
    bench.server.on('POST /trainings/tr_1/checkpoints/prune', () => {
      bench.checkpoints = bench.checkpoints.slice(1);
      return { checkpoints: bench.checkpoints };
    });
    await bench.open('checkpoints');
    press('Prune…');
    const field = await screen.findByLabelText(
      'Keep every',
      {},
      { timeout: 5000 }
    );
    await screen.findByText('Every 500 stays.');
    expect(screen.getByText('Go: none')).toBeTruthy();
    fireEvent.change(field, { target: { value: '1000' } });
    await screen.findByText('Every 1000 stays.');
    expect(screen.getByText('Go: 500')).toBeTruthy();
    expect(screen.getByText('Stay: 1,000, 1,200')).toBeTruthy();
    expect(asked('POST /trainings/tr_1/checkpoints/prune')).toEqual([]);
    fireEvent.click(document.querySelector('.jp-Dialog .jp-mod-accept')!);
    await bench.settle();
    expect(bench.sent).toEqual({ keep_every: 1000 });
    await vi.waitFor(() =>
      expect(
        within(screen.getByRole('table', { name: 'Checkpoints' })).getAllByRole(
          'row'
        )
      ).toHaveLength(3)
    );
  });

  it('are where another training begins', async () => {
    const opened = vi.spyOn(bench.commands, 'execute');
    await bench.open('checkpoints');
    press('New training from step 500…');
    await bench.settle();
    const call = opened.mock.calls.find(([id]) => id === CommandIDs.create)!;
    expect(JSON.parse(String(call[1]!.draft))).toMatchObject({
      start_from: 'tr_1@500',
      k: 8
    });
  });
});

it('the configuration tells what is not as by default', async () => {
  await bench.open('configuration');
  const table = screen.getByRole('table', { name: 'Parameters' });
  const line = (name: string) =>
    within(table).getByRole('rowheader', { name }).closest('tr')!;
  expect(line('k').querySelector('strong')?.textContent).toBe('8');
  expect(line('Batch size').textContent).toBe('Batch size4,096');
  expect(line('Batch size').querySelector('strong')).toBeNull();
  // It does not matter to topk.
  expect(table.textContent).not.toContain('Target L0');
});

it('about tells what it was made of and how long it took', async () => {
  await bench.open('about');
  const facts = screen.getByRole('table', { name: 'Facts' });
  expect(facts.textContent).toContain('Modeldemo-llama');
  expect(facts.textContent).toContain(
    'stories in the middle · 4,915,200 tokens read'
  );
  expect(facts.textContent).toContain('Time1:14');
});

it('a training that is gone closes its document', async () => {
  const widget = await bench.open();
  bench.trainings = [];
  await act(() => bench.desk.model.refresh());
  expect(widget.isDisposed).toBe(true);
});
