import type { Sae } from '../api/types';
import type { IMemory } from '../tokens';
import { ListState, type IRow } from '../ui/objects/listState';
import { GROUPS, groupOf, type Group } from './groups';
import type { TrainingObject, TrainingsModel } from './model';

const KEY = 'trainings:group';

/** Where the reader is in the panel, with the group of trainings that is shown. */
export class TrainingState extends ListState<TrainingObject, Sae> {
  constructor(
    model: TrainingsModel,
    private readonly memoryOfGroup: IMemory
  ) {
    super(model, memoryOfGroup, 'trainings:list');
  }

  get group(): Group {
    return this._group;
  }

  set group(group: Group) {
    this._group = group;
    this.memoryOfGroup.save(KEY, group);
    this.update();
  }

  override clearFilter(): void {
    this.group = 'all';
    super.clearFilter();
  }

  override async restore(): Promise<void> {
    const kept = await this.memoryOfGroup.load<Group>(KEY).catch(() => null);
    this._group = GROUPS.find(each => each === kept) ?? 'all';
    await super.restore();
  }

  override rows(): IRow<TrainingObject>[] {
    const rows = super.rows();
    if (this._group === 'all') {
      return rows;
    }
    let isShown = false;
    return rows.filter(({ object, level }) => {
      if (level === 1) {
        isShown = groupOf(object) === this._group;
      }
      return isShown;
    });
  }

  private _group: Group = 'all';
}
