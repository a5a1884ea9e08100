import type { Client } from '../../api/client';
import { FakeServer, refusal } from '../../testing/server';
import { cut } from '../adding/pasteForm';
import { SECTION } from '../../ui/lines/pagedRows';
import { AllSamples } from './allSamples';
import { ChosenSample } from './chosenSample';
import { FoundSamples } from './foundSamples';
import { hits } from '../../ui/marked';
import {
  beginning,
  PREVIEW_CHARACTERS,
  TokensModel
} from '../tokens/tokensModel';
import { tagsIn } from '../../ui/objects/own';

describe('AllSamples', () => {
  const total = 450_000;
  let server: FakeServer;
  let model: AllSamples;

  beforeEach(() => {
    server = new FakeServer();
    server.on('GET /datasets/ds_1/samples', request => {
      const query = new URL(request.url).searchParams;
      const offset = Number(query.get('offset'));
      const samples = Array.from(
        { length: Number(query.get('limit')) },
        (_, at) => ({
          row: offset + at,
          text: `text ${offset + at}`,
          length: 9,
          split: 'train'
        })
      );
      return { samples, total, next: null, looked_through: 0 };
    });
    model = new AllSamples(server.client, 'ds_1');
    model.setTotal(total);
  });

  it('reads the pages that are looked at, each once', async () => {
    model.want(150, 250);
    model.want(150, 250);
    await vi.waitUntil(() => model.head(250) !== null);
    expect(model.head(150)?.text).toBe('text 150');
    expect(model.head(0)).toBeNull();
    expect(server.asked).toHaveLength(2);
  });

  it('shows very many in sections', () => {
    expect(model.sections).toBe(3);
    model.goTo(total - 1);
    expect([model.start, model.count]).toEqual([
      2 * SECTION,
      total - 2 * SECTION
    ]);
    model.goTo(5);
    expect(model.start).toBe(0);
  });

  it('says why a page did not come', async () => {
    server.on('GET /datasets/ds_1/samples', () => refusal(409, 'not_ready'));
    model.want(0, 10);
    await vi.waitUntil(() => model.error !== null);
  });
});

describe('ChosenSample', () => {
  it('is the one that was chosen last, whatever answers first', async () => {
    const answers = new Map<number, () => void>();
    const client = {
      get: (_: string, { path: { row } }: { path: { row: number } }) =>
        new Promise(resolve => {
          answers.set(row, () =>
            resolve({ row, text: '', length: 0, split: '', other: {} })
          );
        })
    };
    const slow = new ChosenSample(client as unknown as Client, 'ds_1');
    const choices = [slow.choose(1), slow.choose(2)];
    answers.get(2)?.();
    answers.get(1)?.();
    await Promise.all(choices);
    expect(slow.sample?.row).toBe(2);
    slow.dispose();
  });

  it('says why it did not come', async () => {
    const model = new ChosenSample(new FakeServer().client, 'ds_1');
    await model.choose(7);
    expect(model.error?.status).toBe(404);
    model.close();
    expect(model.row).toBeNull();
  });
});

describe('FoundSamples', () => {
  it('forgets the answer to a search that is no longer asked', async () => {
    const answers = new Map<string, () => void>();
    const client = {
      get: (_: string, { query }: { query: { search: string } }) =>
        new Promise(resolve => {
          const { search } = query;
          answers.set(search, () =>
            resolve({
              samples: [{ row: 1, text: search, length: 1, split: '' }],
              total: 9,
              next: null,
              looked_through: 9
            })
          );
        })
    };
    const model = new FoundSamples(client as unknown as Client, 'ds_1');
    model.ask({ search: 'a' });
    model.ask({ search: 'ab' });
    answers.get('ab')?.();
    answers.get('a')?.();
    await vi.waitUntil(() => model.count > 0);
    await Promise.resolve();
    expect(model.head(0)?.text).toBe('ab');
    expect([model.count, model.indexOf(1), model.indexOf(2)]).toEqual([
      1, 0, -1
    ]);
    model.ask({ search: '' });
    expect([model.isActive, model.count]).toEqual([false, 0]);
  });
});

describe('hits', () => {
  it('are found as they are written, whatever they would mean in a pattern', () => {
    expect(hits('a.b A.B axb', 'a.b')).toEqual(['', 'a.b', ' ', 'A.B', ' axb']);
    expect(hits('1-2 [x] (y) \\', '[x] (')).toEqual(['1-2 ', '[x] (', 'y) \\']);
    expect(hits('c:\\d', '\\')).toEqual(['c:', '\\', 'd']);
    expect(hits('text', '')).toEqual(['text']);
  });
});

describe('TokensModel', () => {
  it('sends the beginning of a long text', async () => {
    const server = new FakeServer();
    server.on('POST /tokens/preview', { tokens: [], count: 0, vocabulary: 9 });
    const model = new TokensModel(server.client);
    await model.run({
      text: 'x'.repeat(PREVIEW_CHARACTERS + 5),
      tokenization: 'tk_1'
    });
    expect(JSON.parse(String(server.bodies[0])).text).toHaveLength(
      PREVIEW_CHARACTERS
    );
    expect(model.preview?.vocabulary).toBe(9);
  });

  it('cuts no character in two', () => {
    const text = 'x'.repeat(PREVIEW_CHARACTERS - 1) + '😀';
    expect(beginning(text)).toHaveLength(PREVIEW_CHARACTERS - 1);
  });

  it('says what went wrong', async () => {
    const model = new TokensModel(new FakeServer().client);
    await model.run({ text: 'x', tokenizer: 'nowhere' });
    expect(model.error?.status).toBe(404);
    expect(model.isBusy).toBe(false);
  });
});

describe('what people type', () => {
  it('is cut into samples', () => {
    expect(cut('a\r\n\r\nb\nc\n', 'line')).toEqual(['a', 'b', 'c']);
    expect(cut('a\nb\n \nc\n', 'paragraph')).toEqual(['a\nb', 'c\n']);
    expect(cut('a\n\nb', 'document')).toEqual(['a\n\nb']);
    expect(cut(' \n', 'document')).toEqual([]);
  });

  it('becomes tags, each once', () => {
    expect(tagsIn(' a, b,,a ')).toEqual(['a', 'b']);
  });
});
