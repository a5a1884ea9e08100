import type { APIRequestContext, APIResponse } from '@playwright/test';
import { expect } from '@jupyterlab/galata';
import type { components } from '../../../labextension/src/api/contract';
import { DEMO_MODEL, TOKENIZER } from './places';

type Schemas = components['schemas'];
export type Dataset = Schemas['Dataset'];
export type Tokenization = Schemas['Tokenization'];
export type Model = Schemas['Model'];
export type Capture = Schemas['Capture'];
export type Training = Schemas['Training'];
export type MetricsPage = Schemas['MetricsPage'];
export type Job = Schemas['Job'];
type Started = Schemas['Started'];

const FINAL = ['succeeded', 'failed', 'cancelled'];
/** Lanes start and work while others want the processors too. */
export const PATIENCE = 45_000;

/** The server behind the page: makes what a test begins with, and looks at what came of it. */
export class Api {
  constructor(
    private readonly request: APIRequestContext,
    private readonly baseURL: string
  ) {}

  async texts(name: string, texts: string[]): Promise<Dataset> {
    return this.ready(await this.post<Started>('datasets', { name, texts }));
  }

  async file(name: string, path: string): Promise<Dataset> {
    return this.ready(await this.post<Started>('datasets', { name, path }));
  }

  /** Ask for a tokenization; it goes on in its own time. */
  async tokenize(
    dataset: string,
    params: Record<string, unknown> = {}
  ): Promise<Started> {
    return this.post<Started>(`datasets/${dataset}/tokenizations`, {
      tokenizer: TOKENIZER,
      max_length: 16,
      ...params
    });
  }

  async tokenized(
    dataset: string,
    params: Record<string, unknown> = {}
  ): Promise<Tokenization> {
    const { object } = await this.tokenize(dataset, params);
    await expect
      .poll(async () => (await this.tokenization(object)).state, {
        timeout: PATIENCE
      })
      .toBe('ready');
    return this.tokenization(object);
  }

  /** A dataset made of another: in another order, in splits. */
  async arranged(
    dataset: string,
    params: Record<string, unknown>
  ): Promise<Dataset> {
    return this.ready(
      await this.post<Started>(`datasets/${dataset}/arrange`, params)
    );
  }

  dataset(id: string): Promise<Dataset> {
    return this.get(`datasets/${id}`);
  }

  tokenization(id: string): Promise<Tokenization> {
    return this.get(`tokenizations/${id}`);
  }

  async tokenizationsOf(dataset: string): Promise<Tokenization[]> {
    const { tokenizations } = await this.get<Schemas['TokenizationList']>(
      `tokenizations?dataset=${dataset}`
    );
    return tokenizations;
  }

  /** The demo model, linked; in a precision of its own it is a model of its own. */
  async model(
    name: string,
    params: Record<string, unknown> = {}
  ): Promise<Model> {
    const { object } = await this.post<Started>('models', {
      name,
      path: DEMO_MODEL,
      ...params
    });
    await expect
      .poll(async () => (await this.modelOf(object)).state, {
        timeout: PATIENCE
      })
      .toBe('ready');
    return this.modelOf(object);
  }

  modelOf(id: string): Promise<Model> {
    return this.get(`models/${id}`);
  }

  async findModels(filter: string): Promise<Model[]> {
    const { models } = await this.get<Schemas['ModelList']>(
      `models?filter=${encodeURIComponent(filter)}`
    );
    return models;
  }

  async clearModels(filter: string): Promise<void> {
    for (const model of await this.findModels(filter)) {
      await this.ended(model.job);
      await this.request.delete(this.url(`models/${model.id}`));
    }
  }

  async capturesOf(model: string): Promise<Capture[]> {
    const { captures } = await this.get<Schemas['CaptureList']>(
      `captures?model=${model}`
    );
    return captures;
  }

  async captured(
    model: string,
    tokenization: string,
    params: Record<string, unknown> = {}
  ): Promise<Capture> {
    const { object } = await this.post<Started>('captures', {
      model,
      tokenization,
      ...params
    });
    const made = () => this.get<Capture>(`captures/${object}`);
    await expect
      .poll(async () => (await made()).state, { timeout: 2 * PATIENCE })
      .toBe('ready');
    return made();
  }

  training(id: string): Promise<Training> {
    return this.get(`trainings/${id}`);
  }

  /** Ask for a training on a capture; it goes on in its own time. */
  async train(
    capture: string,
    params: Record<string, unknown> = {}
  ): Promise<Started> {
    return this.post<Started>('trainings', {
      sources: [{ capture }],
      width: 64,
      k: 4,
      batch_size: 64,
      steps: 20,
      ...params
    });
  }

  /** A short training on a capture, to its end. */
  async trained(
    capture: string,
    params: Record<string, unknown> = {}
  ): Promise<Training> {
    const { object } = await this.train(capture, params);
    const made = () => this.training(object);
    await expect
      .poll(async () => (await made()).state, { timeout: 2 * PATIENCE })
      .toBe('ready');
    return made();
  }

  /** All rows that a training has noted, up to twenty thousand. */
  metrics(training: string): Promise<MetricsPage> {
    return this.get(`trainings/${training}/metrics?points=20000`);
  }

  job(id: string): Promise<Job> {
    return this.get(`jobs/${id}`);
  }

  act(job: string, action: string): Promise<Job> {
    return this.post(`jobs/${job}/${action}`, {});
  }

  async find(filter: string): Promise<Dataset[]> {
    const { datasets } = await this.get<Schemas['DatasetList']>(
      `datasets?filter=${encodeURIComponent(filter)}`
    );
    return datasets;
  }

  /** End what still works on these datasets, and delete them. */
  async clear(filter: string): Promise<void> {
    for (const dataset of await this.find(filter)) {
      const made = await this.tokenizationsOf(dataset.id);
      for (const { job } of [dataset, ...made]) {
        await this.ended(job);
      }
      await this.request.delete(this.url(`datasets/${dataset.id}`));
    }
  }

  private async ended(job: Job | null): Promise<void> {
    if (job && !FINAL.includes(job.state)) {
      await this.act(job.id, 'cancel');
      await expect
        .poll(async () => (await this.job(job.id)).state, { timeout: PATIENCE })
        .toMatch(new RegExp(FINAL.join('|')));
    }
  }

  private async ready({ object }: Started): Promise<Dataset> {
    await expect
      .poll(async () => (await this.dataset(object)).state, {
        timeout: PATIENCE
      })
      .toBe('ready');
    return this.dataset(object);
  }

  private async get<T>(path: string): Promise<T> {
    return answerOf(await this.request.get(this.url(path)));
  }

  private async post<T>(path: string, data: object): Promise<T> {
    return answerOf(await this.request.post(this.url(path), { data }));
  }

  private url(path: string): string {
    return `${this.baseURL}/mistudio/api/${path}`;
  }
}

async function answerOf<T>(response: APIResponse): Promise<T> {
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()) as T;
}
