import { Notification } from '@jupyterlab/apputils';
import { act, fireEvent, screen } from '@testing-library/react';
import { job, refusal } from '../../testing/server';
import { Bench } from '../testing/bench';
import {
  documentBench,
  EVIL,
  openDocument,
  press,
  tabOf,
  type
} from '../testing/document';
import { dataset, tokenization } from '../testing/objects';

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

describe('a document', () => {
  it('is named for its dataset, and opened once', async () => {
    const widget = await openDocument(bench);
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
    await openDocument(bench, 'tk_1');
    expect(tabOf('Tokenizations').getAttribute('aria-selected')).toBe('true');
    expect(screen.getByLabelText('Facts of tok · 64 · packed')).toBeTruthy();
  });

  it('asks whose a tokenization is that it does not know', async () => {
    bench.server.on(
      'GET /tokenizations/tk_9',
      tokenization({ id: 'tk_9', parent: 'ds_2' })
    );
    const widget = await openDocument(bench, 'tk_9');
    expect(widget.content.document.id).toBe('ds_2');
  });

  it('walks its tabs with the arrows, around the ends', async () => {
    await openDocument(bench);
    act(() => tabOf('Samples').focus());
    const names = [
      'Tokenizations',
      'Statistics',
      'Compare',
      'Preview',
      'Clean',
      'Shuffle and split',
      'About',
      'Samples'
    ];
    for (const name of names) {
      fireEvent.keyDown(document.activeElement!, { key: 'ArrowRight' });
      expect(document.activeElement).toBe(tabOf(name));
      expect(screen.getByRole('tabpanel', { name })).toBeTruthy();
    }
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(tabOf('About'));
    fireEvent.click(tabOf('Preview'));
    expect(screen.getByRole('tabpanel', { name: 'Preview' })).toBeTruthy();
  });

  it('carries its dataset away by the name, and by buttons', async () => {
    await openDocument(bench);
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
    const widget = await openDocument(bench);
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
    const widget = await openDocument(bench);
    bench.datasets = [];
    await act(() => bench.desk.model.refresh());
    expect(widget.isDisposed).toBe(true);
  });

  it('says that there is none, or why nobody knows', async () => {
    await openDocument(bench, 'ds_gone');
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
    const widget = await openDocument(bench, 'ds_1', 'about');
    const [, { args, name }] = restore.mock.calls[0];
    expect(args(widget)).toEqual({ id: 'ds_1', tab: 'about' });
    expect(name(widget)).toBe('ds_1');
  });

  it('offers no code where there is no notebook to take it', async () => {
    bench.dispose();
    bench = new Bench({ handoff: null });
    await openDocument(bench, 'ds_1', 'about');
    expect(screen.queryByRole('button', { name: 'Copy as Code' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Tokenize…' })).toBeTruthy();
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
    await openDocument(bench, 'ds_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain('Path/data/stories.txt');
    expect(facts).toContain('One sample isa line');
    expect(facts).toContain('Bad rows1');
    expect(screen.getByRole('listitem').textContent).toBe(EVIL);
    expect(screen.queryByRole('note', { name: 'Warnings' })).toBeNull();
  });

  it('warns of what one should know', async () => {
    bench.datasets = [
      dataset({ facts: { ...dataset().facts!, warnings: [EVIL] } })
    ];
    await openDocument(bench, 'ds_1', 'about');
    expect(screen.getByRole('note', { name: 'Warnings' }).textContent).toBe(
      EVIL
    );
  });

  it('names the columns of rows, and the files', async () => {
    bench.datasets = [
      dataset({
        source: {
          ...dataset().source,
          kind: 'folder',
          name: EVIL,
          path: '/data/talks',
          reading: {
            ...dataset().source.reading!,
            columns: ['title', EVIL],
            split_column: 'part'
          }
        },
        facts: {
          ...dataset().facts!,
          rows: 'sharegpt',
          columns: ['title', EVIL],
          files: 12,
          conversations: 7
        }
      })
    ];
    await openDocument(bench, 'ds_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain(`Source${EVIL} (a folder on the server)`);
    expect(facts).toContain('Rows holdconversations (ShareGPT)');
    expect(facts).toContain(`Text columnstitle, ${EVIL}`);
    expect(facts).toContain('Between columns"\\n\\n"');
    expect(facts).toContain('Split columnpart');
    expect(facts).toContain('Files12');
    expect(facts).toContain('Conversations7');
    expect(facts).not.toContain('One sample is');
  });

  it('names the dataset it was made of, with the way there, and what each rule did', async () => {
    const derived = {
      dataset: 'ds_2',
      name: EVIL,
      fingerprint: 'f',
      cleaned: {
        strip_html: true,
        strip_control: false,
        normalize_unicode: false,
        collapse_blanks: false,
        min_characters: 3,
        max_characters: null,
        drop_pattern: null,
        drop_duplicates: false
      },
      arranged: null
    };
    bench.datasets = [
      dataset({ id: 'ds_2', name: 'notes' }),
      dataset({
        source: {
          ...dataset().source,
          kind: 'derived',
          path: null,
          reading: null,
          derived
        },
        facts: {
          ...dataset().facts!,
          rules: [
            { rule: 'strip_html', changed: 12, dropped: 0 },
            { rule: 'min_characters', changed: 0, dropped: 3 }
          ]
        }
      })
    ];
    await openDocument(bench, 'ds_1', 'about');
    expect(screen.getByRole('table', { name: 'Facts' }).textContent).toContain(
      'CleanedHTML stripped · Too short: 3'
    );
    expect(screen.getByRole('table', { name: 'Rules' }).textContent).toContain(
      'HTML stripped120Too short03'
    );
    press(EVIL);
    await bench.settle();
    expect(bench.widgets.map(each => each.id)).toContain(
      'mistudio-dataset-ds_2'
    );
  });

  it('says how it was arranged, and that its origin is gone', async () => {
    bench.datasets = [
      dataset({
        source: {
          ...dataset().source,
          kind: 'derived',
          reading: null,
          derived: {
            dataset: 'ds_9',
            name: 'old',
            fingerprint: 'f',
            cleaned: null,
            arranged: {
              only: 'train',
              shuffle: true,
              seed: 7,
              limit: 100,
              validation_share: 0.1,
              test_share: 0.05
            }
          }
        }
      })
    ];
    await openDocument(bench, 'ds_1', 'about');
    const facts = screen.getByRole('table', { name: 'Facts' }).textContent;
    expect(facts).toContain('Made ofold (which is gone)');
    expect(facts).toContain(
      'Arrangedshuffled · seed 7 · only the split “train” · at most 100 samples · validation 10 % · test 5 %'
    );
  });

  it('keeps tags and notes when one leaves the field, and loses none that the server refused', async () => {
    bench.server.on('PATCH /datasets/ds_1', async (request: Request) =>
      dataset(await request.json())
    );
    await openDocument(bench, 'ds_1', 'about');
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
