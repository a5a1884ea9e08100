import type { Client } from '../api/client';
import { FakeServer, refusal } from '../testing/server';
import { cut } from './pasteForm';
import { SamplesModel, SECTION } from './samplesModel';
import { beginning, PREVIEW_CHARACTERS, TokensModel } from './tokensModel';
import { tagsIn } from './aboutTab';

describe('SamplesModel', () => {
  const total = 450_000;
  let server: FakeServer;
  let model: SamplesModel;

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
      return { samples, total };
    });
    model = new SamplesModel(server.client, 'ds_1');
    model.setTotal(total);
  });

  it('reads the pages that are looked at, each once', async () => {
    model.want(150, 250);
    model.want(150, 250);
    await vi.waitUntil(() => model.at(250) !== null);
    expect(model.at(150)?.text).toBe('text 150');
    expect(model.at(0)).toBeNull();
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

  it('shows the sample that was chosen last, whatever answers first', async () => {
    const answers = new Map<number, () => void>();
    const client = {
      get: (_: string, { path: { row } }: { path: { row: number } }) =>
        new Promise(resolve => {
          answers.set(row, () =>
            resolve({ row, text: '', length: 0, split: '', other: {} })
          );
        })
    };
    const slow = new SamplesModel(client as unknown as Client, 'ds_1');
    const choices = [slow.choose(1), slow.choose(2)];
    answers.get(2)?.();
    answers.get(1)?.();
    await Promise.all(choices);
    expect(slow.sample?.row).toBe(2);
    slow.dispose();
  });

  it('says why a page or a sample did not come', async () => {
    server.on('GET /datasets/ds_1/samples', () => refusal(409, 'not_ready'));
    model.want(0, 10);
    await vi.waitUntil(() => model.error !== null);
    await model.choose(7);
    expect(model.sampleError?.status).toBe(404);
    model.close();
    expect(model.chosen).toBeNull();
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
