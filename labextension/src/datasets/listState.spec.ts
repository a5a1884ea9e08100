import type { IMemory } from '../tokens';
import { ListState } from './listState';
import type { DatasetsModel } from './model';
import { keepOrder, matches } from './order';
import { dataset, tokenization } from './testing/objects';
import { Signal } from '@lumino/signaling';

class FakeMemory implements IMemory {
  readonly kept = new Map<string, unknown>();
  load<T>(key: string): Promise<T | undefined> {
    return Promise.resolve(this.kept.get(key) as T | undefined);
  }
  save(key: string, value: unknown): void {
    this.kept.set(key, value);
  }
}

function fakeModel() {
  const source = {};
  const changed = new Signal<object, void>(source);
  const model = {
    changed,
    isLoaded: true,
    datasets: [
      dataset({ id: 'ds_2', name: 'notes' }),
      dataset({ id: 'ds_1', tags: ['Tales'] })
    ],
    tokenizations: [tokenization()],
    find: (id: string) =>
      [...model.datasets, ...model.tokenizations].find(each => each.id === id),
    tokenizationsOf: (id: string) =>
      model.tokenizations.filter(each => each.parent === id)
  };
  return { model, typed: model as unknown as DatasetsModel, changed };
}

const ids = (state: ListState) => state.rows().map(row => row.object.id);

describe('the list of datasets', () => {
  it('nests tokenizations, and folds them away', () => {
    const state = new ListState(fakeModel().typed, new FakeMemory());
    expect(ids(state)).toEqual(['ds_2', 'ds_1', 'tk_1']);
    state.expand('ds_1', false);
    expect(ids(state)).toEqual(['ds_2', 'ds_1']);
  });

  it('filters on names, ids, sources and tags, of what is nested too', () => {
    const state = new ListState(fakeModel().typed, new FakeMemory());
    state.filter = 'tales';
    expect(ids(state)).toEqual(['ds_1', 'tk_1']);
    state.filter = 'tk_1';
    expect(ids(state)).toEqual(['ds_1', 'tk_1']);
    state.filter = 'nothing like it';
    expect(ids(state)).toEqual([]);
    expect(matches(dataset(), 'STORIES.TXT ds_')).toBe(true);
  });

  it('keeps rows where they are while the pointer is on them', () => {
    const { model, typed } = fakeModel();
    const state = new ListState(typed, new FakeMemory());
    ids(state);
    state.isHeld = true;
    model.datasets = [
      dataset({ id: 'ds_3' }),
      model.datasets[0],
      { ...model.datasets[1], state: 'working' as const }
    ];
    expect(ids(state)).toEqual(['ds_2', 'ds_1', 'tk_1', 'ds_3']);
    state.isHeld = false;
    expect(ids(state)).toEqual(['ds_1', 'tk_1', 'ds_3', 'ds_2']);
  });

  it('selects one, several, a range; and a command means the focused row', () => {
    const state = new ListState(fakeModel().typed, new FakeMemory());
    state.select('ds_2', 'only');
    state.select('tk_1', 'range');
    expect([...state.selected]).toEqual(['ds_2', 'ds_1', 'tk_1']);
    state.select('ds_1', 'toggle');
    state.select('tk_1', 'keep');
    expect([...state.selected]).toEqual(['ds_2', 'tk_1']);
    state.focused = 'ds_1';
    expect(state.targets.map(each => each.id)).toEqual(['ds_1']);
    state.focused = 'tk_1';
    expect(state.targets.map(each => each.id)).toEqual(['ds_2', 'tk_1']);
  });

  it('is as it was after a reload, without what is gone', async () => {
    const memory = new FakeMemory();
    const before = new ListState(fakeModel().typed, memory);
    before.filter = 's';
    before.expand('ds_1', false);
    before.select('ds_1', 'only');
    before.select('ds_2', 'toggle');
    before.scroll = 40;

    const { model, typed, changed } = fakeModel();
    const state = new ListState(typed, memory);
    await state.restore();
    expect([state.filter, state.scroll, ids(state)]).toEqual([
      's',
      40,
      ['ds_2', 'ds_1']
    ]);
    model.datasets = [model.datasets[0]];
    changed.emit();
    expect([...state.selected]).toEqual(['ds_2']);
  });
});

describe('keepOrder', () => {
  it('drops what is gone and puts what is new last', () => {
    expect(keepOrder(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual([
      'a',
      'c',
      'd'
    ]);
  });
});
