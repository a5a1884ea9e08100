import { job } from '../testing/server';
import { counted, inOrder, keepOrder, matches } from './order';
import { actionsOf } from './actions';

const ids = (jobs: { id: string }[]) => jobs.map(each => each.id);

describe('the order of jobs', () => {
  const jobs = [
    job({ id: 'old', state: 'failed', created: 1 }),
    job({ id: 'new', state: 'succeeded', created: 9 }),
    job({ id: 'second', state: 'queued', place: 2, created: 1 }),
    job({ id: 'first', state: 'queued', place: 1, created: 5 }),
    job({ id: 'resting', state: 'paused', created: 2 }),
    job({ id: 'alive', state: 'stopping', created: 0 })
  ];

  it('puts what runs first, then the queue, then what rests, then the newest', () => {
    expect(ids(inOrder(jobs))).toEqual([
      'alive',
      'first',
      'second',
      'resting',
      'new',
      'old'
    ]);
  });

  it('stays as it is while it is held, with what is new at its end', () => {
    const shown = ['old', 'alive', 'gone'];
    expect(ids(keepOrder(shown, inOrder(jobs)))).toEqual([
      'old',
      'alive',
      'first',
      'second',
      'resting',
      'new'
    ]);
  });

  it('counts each group', () => {
    expect(counted(jobs)).toMatchObject({
      all: 6,
      running: 1,
      waiting: 2,
      resting: 1,
      succeeded: 1,
      failed: 1,
      cancelled: 0
    });
  });

  it('finds words in label, kind and ids', () => {
    const one = job({ id: 'jb_9', label: 'Read Stories' });
    expect(matches(one, 'stories jb_')).toBe(true);
    expect(matches(one, '')).toBe(true);
    expect(matches(one, 'stories tokenize')).toBe(false);
  });

  it('offers what makes sense in each state', () => {
    expect(actionsOf(job())).toEqual(['pause', 'stop', 'cancel']);
    expect(actionsOf(job({ state: 'pausing' }))[0]).toBe('resume');
    expect(actionsOf(job({ state: 'queued' }))[0]).toBe('move_up');
    expect(actionsOf(job({ state: 'interrupted' }))).toEqual([
      'resume',
      'cancel'
    ]);
    expect(actionsOf(job({ state: 'failed' }))).toEqual(['retry']);
    expect(actionsOf(job({ state: 'succeeded' }))).toEqual([]);
  });
});
