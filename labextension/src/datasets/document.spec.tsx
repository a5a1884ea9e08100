import { Clipboard, Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import type { Sample } from '../api/types';
import { job, refusal } from '../testing/server';
import type { Tab } from './documentModel';
import type { DatasetWidget } from './documentWidget';
import { SECTION } from './samplesModel';
import { Bench } from './testing/bench';
import { dataset, tokenization } from './testing/objects';

const EVIL = '<script>alert(1)</script>';

const SCHEMA = {
  type: 'object',
  required: ['tokenizer'],
  properties: {
    tokenizer: { type: 'string', title: 'Tokenizer' },
    max_length: {
      type: 'integer',
      default: 512,
      title: 'Block length',
      unit: 'tokens'
    }
  }
};

let bench: Bench;

function sample(part: Partial<Sample> = {}): Sample {
  const text = part.text ?? 'It rained.';
  return {
    row: 0,
    text,
    length: text.length,
    split: 'train',
    other: {},
    ...part
  };
}

beforeEach(() => {
  bench = new Bench();
  bench.server.on('GET /openapi.json', {
    components: { schemas: { TokenizeDataset: SCHEMA } }
  });
  bench.server.on('GET /datasets/ds_1/samples', request => {
    const query = new URL(request.url).searchParams;
    const offset = Number(query.get('offset'));
    return {
      samples: Array.from({ length: 100 }, (_, at) => ({
        row: offset + at,
        text: `${EVIL} ${offset + at}`,
        length: 9,
        split: 'train'
      })),
      total: bench.datasets.find(each => each.id === 'ds_1')?.facts?.samples
    };
  });
  bench.server.on('GET /datasets/ds_1/samples/0', sample());
  bench.server.on('POST /tokens/preview', {
    tokens: [
      { id: 7, token: 'It', text: 'It', kind: 'text' },
      { id: 8, token: 'Ġrained', text: ' rained', kind: 'text' }
    ],
    count: 2,
    vocabulary: 384
  });
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

async function open(id = 'ds_1', tab?: Tab): Promise<DatasetWidget> {
  await bench.load();
  let widget!: DatasetWidget;
  await act(async () => {
    widget = await bench.documents.open(id, tab);
  });
  await bench.settle();
  bench.server.asked.length = 0;
  return widget;
}

const tab = (name: string) => screen.getByRole('tab', { name });
const press = (name: string) =>
  fireEvent.click(screen.getByRole('button', { name }));
const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

describe('a document', () => {
  it('is named for its dataset, and opened once', async () => {
    const widget = await open();
    expect(widget.title.label).toBe('stories');
    expect(widget.title.caption).toBe('Dataset stories');
    expect(screen.getByRole('heading').textContent).toBe('stories');
    await act(async () => {
      expect(await bench.documents.open('ds_1')).toBe(widget);
    });
    expect(bench.widgets).toHaveLength(1);
    expect(bench.shown).toEqual([widget.id, widget.id]);
  });

  it('shows a tokenization unfolded in the document of its dataset', async () => {
    await open('tk_1');
    expect(tab('Tokenizations').getAttribute('aria-selected')).toBe('true');
    expect(screen.getByLabelText('Facts of tok · 64 · packed')).toBeTruthy();
  });

  it('asks whose a tokenization is that it does not know', async () => {
    bench.server.on(
      'GET /tokenizations/tk_9',
      tokenization({ id: 'tk_9', parent: 'ds_2' })
    );
    const widget = await open('tk_9');
    expect(widget.content.document.id).toBe('ds_2');
  });

  it('walks its tabs with the arrows, around the ends', async () => {
    await open();
    act(() => tab('Samples').focus());
    for (const name of ['Tokenizations', 'Preview', 'About', 'Samples']) {
      fireEvent.keyDown(document.activeElement!, { key: 'ArrowRight' });
      expect(document.activeElement).toBe(tab(name));
      expect(screen.getByRole('tabpanel', { name })).toBeTruthy();
    }
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(tab('About'));
    fireEvent.click(tab('Preview'));
    expect(screen.getByRole('tabpanel', { name: 'Preview' })).toBeTruthy();
  });

  it('carries its dataset away by the name, and by buttons', async () => {
    await open();
    fireEvent.mouseDown(screen.getByRole('heading'));
    press('Insert into Notebook');
    press('Copy as Code');
    expect(bench.handoff.done).toEqual([
      ['drag', ['ds_1']],
      ['insert', ['ds_1']],
      ['copy', ['ds_1']]
    ]);
    act(() => {
      bench.handoff.blocked = 'Open a notebook first.';
      bench.handoff.selectedChanged.emit();
    });
    press('Insert into Notebook: Open a notebook first.');
    expect(bench.handoff.done).toHaveLength(3);
  });

  it('follows a new name, work, and tags that are markup', async () => {
    const widget = await open();
    bench.datasets = [
      dataset({
        name: EVIL,
        tags: [EVIL],
        state: 'working',
        job: job({
          progress: {
            done: 1,
            total: 4,
            unit: 'samples',
            stage: '',
            rate: null,
            seconds_left: null
          }
        })
      })
    ];
    await act(() => bench.desk.model.refresh());
    expect(widget.title.label).toBe(EVIL);
    expect(document.querySelector('script')).toBeNull();
    expect(
      screen
        .getByRole('progressbar', { name: EVIL })
        .getAttribute('aria-valuenow')
    ).toBe('25');
    expect(document.querySelector('.jp-mistudio-Tag')?.textContent).toBe(EVIL);
  });

  it('closes when its dataset is deleted', async () => {
    const widget = await open();
    bench.datasets = [];
    await act(() => bench.desk.model.refresh());
    expect(widget.isDisposed).toBe(true);
  });

  it('says that there is none, or why nobody knows', async () => {
    await open('ds_gone');
    expect(
      screen.getByText('There is no dataset ds_gone any more.')
    ).toBeTruthy();
    bench.server.on('GET /datasets', () => refusal(500, 'bug'));
    await act(() => bench.desk.model.refresh());
    bench.datasets = [dataset({ id: 'ds_gone' })];
    bench.server.on('GET /datasets', () => ({ datasets: bench.datasets }));
    press('Try again');
    await bench.settle();
    expect(screen.getByRole('heading').textContent).toBe('stories');
  });

  it('comes back with the layout, in the tab it was left', async () => {
    await bench.load();
    const restore = vi.fn();
    bench.documents.restore({ restore } as never);
    const widget = await open('ds_1', 'about');
    const [, { args, name }] = restore.mock.calls[0];
    expect(args(widget)).toEqual({ id: 'ds_1', tab: 'about' });
    expect(name(widget)).toBe('ds_1');
  });

  it('offers no code where there is no notebook to take it', async () => {
    bench.dispose();
    bench = new Bench({ handoff: null });
    await open('ds_1', 'about');
    expect(screen.queryByRole('button', { name: 'Copy as Code' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Tokenize…' })).toBeTruthy();
  });
});

describe('the samples', () => {
  const list = () => screen.getByRole('listbox', { name: 'Samples' });
  const key = (name: string) => fireEvent.keyDown(list(), { key: name });

  it('are read as they come in sight, and are text whatever they hold', async () => {
    await open();
    expect(screen.getByText('40,000 samples')).toBeTruthy();
    const [first] = screen.getAllByRole('option');
    expect(first.textContent).toBe(`0${EVIL} 0train9`);
    expect(first.getAttribute('aria-setsize')).toBe('40000');
    expect(screen.getAllByRole('option').length).toBeLessThan(100);
  });

  it('are shown whole, with other fields, and copied', async () => {
    bench.server.on(
      'GET /datasets/ds_1/samples/0',
      sample({ text: EVIL, other: { author: EVIL, year: 1911 } })
    );
    const copied = vi
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => {});
    await open();
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    const view = screen.getByRole('region', { name: 'Sample 0' });
    expect(
      view.querySelector('.jp-mistudio-SampleView-text')?.textContent
    ).toBe(EVIL);
    expect(
      within(view).getByRole('table', { name: 'Other fields' }).textContent
    ).toBe(`author${EVIL}year1911`);
    press('Copy the text');
    expect(copied).toHaveBeenCalledWith(EVIL);
    press('Close');
    expect(screen.queryByRole('region', { name: 'Sample 0' })).toBeNull();
  });

  it('are walked with the keyboard', async () => {
    await open();
    key('ArrowDown');
    await bench.settle();
    key('ArrowDown');
    key('PageDown');
    await bench.settle();
    expect(bench.desk.model.datasets).toHaveLength(2);
    expect(list().getAttribute('aria-activedescendant')).toMatch(/-21$/);
    key('End');
    await bench.settle();
    expect(list().getAttribute('aria-activedescendant')).toMatch(/-39999$/);
    key('Home');
    await bench.settle();
    expect(bench.server.asked).toContain('GET /datasets/ds_1/samples/0');
    key('Escape');
    expect(list().getAttribute('aria-activedescendant')).toBeNull();
  });

  it('are found by number in sections of very many', async () => {
    bench.datasets = [
      dataset({ facts: { ...dataset().facts!, samples: 450_000 } })
    ];
    await open();
    expect(screen.getByText('0–199,999 of 450,000 samples')).toBeTruthy();
    press('Further');
    expect(screen.getByText('200,000–399,999 of 450,000 samples')).toBeTruthy();
    press('Back');
    type('Go to row', '999999');
    fireEvent.keyDown(screen.getByLabelText('Go to row'), { key: 'Enter' });
    expect(screen.queryByRole('region', { name: /^Sample/ })).toBeNull();
    type('Go to row', String(2 * SECTION + 1));
    fireEvent.keyDown(screen.getByLabelText('Go to row'), { key: 'Enter' });
    await bench.settle();
    expect(screen.getByText('400,000–449,999 of 450,000 samples')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Sample 400,001' })).toBeTruthy();
  });

  it('are shown as the tokens of a tokenization', async () => {
    await open();
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    type('Show as', 'tk_1');
    await bench.settle();
    expect(bench.sent).toEqual({
      text: 'It rained.',
      tokenization: 'tk_1',
      special_tokens: true
    });
    expect(screen.getByText(/2 tokens · vocabulary of 384/)).toBeTruthy();
    type('Show as', '');
    await bench.settle();
    expect(screen.getByText('It rained.')).toBeTruthy();
  });

  it('of many characters are drawn by and by', async () => {
    const text = 'x'.repeat(250_000);
    bench.server.on('GET /datasets/ds_1/samples/0', sample({ text }));
    await open();
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    expect(screen.getByText(/100,000 of 250,000 characters/)).toBeTruthy();
    press('Show more');
    expect(screen.getByText(/200,000 of 250,000 characters/)).toBeTruthy();
  });

  it('say why one or a page of them did not come, and try again', async () => {
    bench.refuse('GET /datasets/ds_1/samples');
    bench.refuse('GET /datasets/ds_1/samples/0');
    await open();
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
    bench.server.on('GET /datasets/ds_1/samples', {
      samples: [{ row: 0, text: 'here', length: 4, split: 'train' }],
      total: 1
    });
    press('Try again');
    await bench.settle();
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.click(screen.getAllByRole('option')[0]);
    await bench.settle();
    bench.server.on('GET /datasets/ds_1/samples/0', sample());
    press('Try again');
    await bench.settle();
    expect(screen.getByText('It rained.')).toBeTruthy();
  });

  it('are none while the file is not read', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await open();
    expect(screen.getByText('There is no sample yet.')).toBeTruthy();
  });
});

describe('the tokenizations', () => {
  it('unfold to what they are, one at a time, by keyboard too', async () => {
    bench.tokenizations = [
      tokenization(),
      tokenization({
        id: 'tk_2',
        name: 'other',
        special_tokens: false,
        facts: null,
        state: 'empty'
      })
    ];
    await open('ds_1', 'tokenizations');
    const [first, second] = screen.getAllByRole('treeitem');
    act(() => first.focus());
    fireEvent.keyDown(first, { key: 'Enter' });
    const facts = screen.getByLabelText('Facts of tok · 64 · packed');
    expect(facts.textContent).toContain('Block length64 tokens');
    expect(facts.textContent).toContain('Held out1 blocks of 1 samples');
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
    await open('ds_1', 'tokenizations');
    press('New tokenization');
    const field = await screen.findByLabelText<HTMLInputElement>(/Tokenizer/);
    expect(field.value).toBe('/data/tok');
    expect(screen.getByText(/about 14 MB of disk/)).toBeTruthy();
    fireEvent.change(field, { target: { value: '/data/other' } });
    fireEvent.click(tab('About'));
    await act(() =>
      bench.commands.execute('mistudio:tokenize-dataset', { id: 'ds_1' })
    );
    expect(
      (await screen.findByLabelText<HTMLInputElement>(/Tokenizer/)).value
    ).toBe('/data/other');
    press('Not now');
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('are refused at the field, and started when it is right', async () => {
    bench.tokenizations = [];
    bench.server.on('POST /datasets/ds_1/tokenizations', () =>
      refusal(400, 'bad_request', 'tokenizer')
    );
    await open('ds_1', 'tokenizations');
    expect(screen.getByText('It is not tokenized yet.')).toBeTruthy();
    expect(screen.queryByRole('tree')).toBeNull();
    press('New tokenization');
    fireEvent.change(await screen.findByLabelText(/Tokenizer/), {
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
    await open('ds_1', 'tokenizations');
    press('New tokenization');
    await screen.findByLabelText(/Tokenizer/);
    fireEvent.submit(screen.getByRole('form'));
    await bench.settle();
    expect(told.mock.calls[0][0]).toContain('in just this way already');
    expect(screen.getByLabelText('Facts of tok · 64 · packed')).toBeTruthy();
  });

  it('wait for the text', async () => {
    bench.datasets = [dataset({ facts: null, state: 'empty' })];
    await open('ds_1', 'tokenizations');
    press('New tokenization');
    expect(screen.queryByRole('form')).toBeNull();
  });
});

describe('the preview', () => {
  it('wants a text and a tokenizer, and shows the tokens', async () => {
    await open('ds_1', 'preview');
    const run = () => screen.getByRole('button', { name: 'Show tokens' });
    fireEvent.click(run());
    expect(run().title).toBe('Type a text first.');
    type('Text', 'It rained');
    fireEvent.keyDown(screen.getByLabelText('Text'), {
      key: 'Enter',
      ctrlKey: true
    });
    await bench.settle();
    expect(bench.sent).toEqual({
      text: 'It rained',
      special_tokens: true,
      tokenization: 'tk_1'
    });
    expect(
      within(screen.getByRole('list', { name: 'Tokens' })).getAllByRole(
        'listitem'
      )
    ).toHaveLength(2);
  });

  it('takes any folder of the server instead, and says what was wrong with it', async () => {
    bench.refuse('POST /tokens/preview');
    await open('ds_1', 'preview');
    type('Text', 'x');
    type('Tokenizer', '');
    expect(screen.getByRole('button', { name: 'Show tokens' }).title).toBe(
      'Say which tokenizer first.'
    );
    type('Folder of the tokenizer', ' /data/tok ');
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.keyDown(screen.getByLabelText('Folder of the tokenizer'), {
      key: 'Enter'
    });
    await bench.settle();
    expect(bench.sent).toEqual({
      text: 'x',
      special_tokens: false,
      tokenizer: '/data/tok'
    });
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
  });
});

describe('what is known about it', () => {
  it('names its source and what reading found', async () => {
    bench.datasets = [
      dataset({
        job: job(),
        facts: { ...dataset().facts!, bad_rows: 1, bad_examples: [EVIL] }
      })
    ];
    await open('ds_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain('Path/data/stories.txt');
    expect(facts).toContain('One sample isa line');
    expect(facts).toContain('Bad rows1');
    expect(screen.getByRole('listitem').textContent).toBe(EVIL);
  });

  it('names the field of rows that have fields', async () => {
    const source = {
      ...dataset().source,
      kind: 'upload' as const,
      name: 'a.jsonl',
      path: null
    };
    bench.datasets = [dataset({ source })];
    await open('ds_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain('Text fieldtext');
    expect(facts).not.toContain('Path');
  });

  it('keeps tags and notes when one leaves the field, and loses none that the server refused', async () => {
    bench.server.on('PATCH /datasets/ds_1', async (request: Request) =>
      dataset(await request.json())
    );
    await open('ds_1', 'about');
    const notes = screen.getByLabelText<HTMLTextAreaElement>('Notes');
    fireEvent.blur(notes);
    expect(bench.server.asked).toEqual([]);
    type('Tags', ' a, b,,a ');
    fireEvent.blur(screen.getByLabelText('Tags'));
    await bench.settle();
    expect(bench.sent).toEqual({ tags: ['a', 'b'] });
    expect(screen.getByLabelText<HTMLInputElement>('Tags').value).toBe('a, b');

    const told = vi.spyOn(Notification, 'error').mockReturnValue('');
    bench.refuse('PATCH /datasets/ds_1');
    type('Notes', 'a long thought');
    fireEvent.blur(notes);
    await bench.settle();
    expect(told).toHaveBeenCalledWith('It is wrong. Do better.', {
      autoClose: 8000
    });
    expect(notes.value).toBe('a long thought');
  });
});
