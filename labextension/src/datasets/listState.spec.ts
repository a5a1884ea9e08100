import type { Dataset, Tokenization } from '../api/types';
import type { IMemory } from '../tokens';
import { ListState } from '../ui/objects/listState';
import { keepOrder, passes } from '../ui/objects/order';
import { DatasetsModel } from './model';
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
  const changed = new Signal<object, void>({});
  const model = {
    changed,
    isLoaded: true,
    heads: [
      dataset({ id: 'ds_2', name: 'notes' }),
      dataset({ id: 'ds_1', tags: ['Tales'] })
    ],
    nested: [tokenization()],
    find: (id: string) =>
      [...model.heads, ...model.nested].find(each => each.id === id),
    nestedOf: (id: string) => model.nested.filter(each => each.parent === id),
    isHead: DatasetsModel.prototype.isHead,
    parentIdOf: DatasetsModel.prototype.parentIdOf,
    textsOf: DatasetsModel.prototype.textsOf
  };
  return { model, typed: model as unknown as DatasetsModel, changed };
}

type State = ListState<Dataset, Tokenization>;

const stateOf = (model: DatasetsModel, memory = new FakeMemory()): State =>
  new ListState(model, memory, 'list');

const ids = (state: State) => state.rows().map(row => row.object.id);

describe('the list of datasets', () => {
  it('nests tokenizations, and folds them away', () => {
    const state = stateOf(fakeModel().typed);
    expect(ids(state)).toEqual(['ds_2', 'ds_1', 'tk_1']);
    state.expand('ds_1', false);
    expect(ids(state)).toEqual(['ds_2', 'ds_1']);
  });

  it('filters on names, ids, sources and tags, of what is nested too', () => {
    const state = stateOf(fakeModel().typed);
    state.filter = 'tales';
    expect(ids(state)).toEqual(['ds_1', 'tk_1']);
    state.filter = 'tk_1';
    expect(ids(state)).toEqual(['ds_1', 'tk_1']);
    state.filter = 'nothing like it';
    expect(ids(state)).toEqual([]);
    const texts = DatasetsModel.prototype.textsOf(dataset());
    expect(passes(texts, 'STORIES.TXT ds_')).toBe(true);
  });

  it('keeps rows where they are while the pointer is on them', () => {
    const { model, typed } = fakeModel();
    const state = stateOf(typed);
    ids(state);
    state.isHeld = true;
    model.heads = [
      dataset({ id: 'ds_3' }),
      model.heads[0],
      { ...model.heads[1], state: 'working' as const }
    ];
    expect(ids(state)).toEqual(['ds_2', 'ds_1', 'tk_1', 'ds_3']);
    state.isHeld = false;
    expect(ids(state)).toEqual(['ds_1', 'tk_1', 'ds_3', 'ds_2']);
  });

  it('selects one, several, a range; and a command means the focused row', () => {
    const state = stateOf(fakeModel().typed);
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
    const before = stateOf(fakeModel().typed, memory);
    before.filter = 's';
    before.expand('ds_1', false);
    before.select('ds_1', 'only');
    before.select('ds_2', 'toggle');
    before.scroll = 40;

    const { model, typed, changed } = fakeModel();
    const state = stateOf(typed, memory);
    await state.restore();
    expect([state.filter, state.scroll, ids(state)]).toEqual([
      's',
      40,
      ['ds_2', 'ds_1']
    ]);
    model.heads = [model.heads[0]];
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
