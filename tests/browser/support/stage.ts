import { mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Locator } from '@playwright/test';
import { expect } from '@jupyterlab/galata';
import type { Dataset, Tokenization } from './api';
import { BIG, PICTURES, STORIES } from './places';
import type { Studio } from './test';

/** What the pictures show: names as a person gives them. */
export interface IStage {
  stories: Dataset;
  blocks: Tokenization;
  /** Half tokenized, and resting. */
  notes: Dataset;
}

const NAMES = ['stories', 'field notes', 'recipes'];

export async function setStage({ api }: Studio): Promise<IStage> {
  await clearStage({ api });
  const recipes = await api.texts('recipes', [
    'Add three spoons of flour and stir the soup until it thickens.',
    'Let it rest for an hour before you bake it.'
  ]);
  await api.tokenized(recipes.id);
  const notes = await api.file('field notes', BIG);
  const { job } = await api.tokenize(notes.id, { max_length: 64 });
  await expect
    .poll(async () => (await api.job(job!)).progress.done, { timeout: 60_000 })
    .toBeGreaterThan(0);
  await api.act(job!, 'pause');
  await expect
    .poll(async () => (await api.job(job!)).state, { timeout: 60_000 })
    .toBe('paused');
  const stories = await api.file('stories', STORIES);
  const blocks = await api.tokenized(stories.id, {
    name: 'small tokenizer · 32',
    max_length: 32
  });
  return { stories, blocks, notes };
}

export async function clearStage({ api }: Pick<Studio, 'api'>): Promise<void> {
  for (const name of NAMES) {
    await api.clear(name);
  }
}

/** A picture to look at; here it only must not be empty. */
export async function picture(
  of: Pick<Locator, 'screenshot'>,
  name: string,
  folder = PICTURES
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await of.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  expect(statSync(file).size).toBeGreaterThan(2_000);
}
