import { Signal, type ISignal } from '@lumino/signaling';
import type { IMemory } from '../../tokens';
import type { ObjectsModel } from './objectsModel';
import { keepOrder, passes, workingFirst } from './order';
import type { IRecord } from './record';

/** A row of a panel. */
export interface IRow<O extends IRecord> {
  object: O;
  level: 1 | 2;
  /** Absent: nothing is nested in it. */
  expanded?: boolean;
}

export type SelectHow = 'only' | 'toggle' | 'range' | 'keep';

interface IKept {
  filter: string;
  closed: string[];
  selected: string[];
  scroll: number;
}

/** Where the reader is in the panel: filter, selection, open rows, place; none of it is lost by a refresh. */
export class ListState<Head extends IRecord, Nested extends IRecord> {
  constructor(
    private readonly model: ObjectsModel<Head, Nested>,
    private readonly memory: IMemory,
    /** Under which the memory has it. */
    private readonly key: string
  ) {
    model.changed.connect(this.onModel, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get filter(): string {
    return this._filter;
  }

  /** As typed. */
  set filter(filter: string) {
    if (filter !== this._filter) {
      this._filter = filter;
      this.update();
    }
  }

  /** Grows when the filter was changed otherwise, and its field must follow. */
  get filterEdition(): number {
    return this._filterEdition;
  }

  clearFilter(): void {
    this._filterEdition++;
    this.filter = '';
  }

  /** Ids of the selected rows. */
  get selected(): ReadonlySet<string> {
    return this._selected;
  }

  get selectedObjects(): (Head | Nested)[] {
    return [...this._selected]
      .map(id => this.model.find(id))
      .filter(each => each !== undefined);
  }

  /** What a command means: the row with the focus, or the selection it is part of. */
  get targets(): (Head | Nested)[] {
    const focused =
      this._focused === null ? undefined : this.model.find(this._focused);
    return focused ? this.groupOf(focused) : this.selectedObjects;
  }

  /** The selection that the object is part of, else it alone. */
  groupOf(object: Head | Nested): (Head | Nested)[] {
    return this._selected.has(object.id) ? this.selectedObjects : [object];
  }

  /** The row that has the keyboard's focus. */
  set focused(id: string | null) {
    if (id !== this._focused) {
      this._focused = id;
      this._changed.emit();
    }
  }

  /** The row whose name is being edited. */
  get renaming(): string | null {
    return this._renaming;
  }

  set renaming(id: string | null) {
    this._renaming = id;
    if (id !== null) {
      this.reveal(id);
    }
    this._changed.emit();
  }

  /** How far the list is scrolled. */
  get scroll(): number {
    return this._scroll;
  }

  set scroll(scroll: number) {
    this._scroll = scroll;
    this.save();
  }

  /** While the pointer is on the list, rows keep their places. */
  set isHeld(held: boolean) {
    this.held = held;
    if (!held) {
      this._changed.emit();
    }
  }

  async restore(): Promise<void> {
    // Without it the list begins anew; another version may have kept other things.
    const kept = await this.memory
      .load<Partial<IKept>>(this.key)
      .catch(() => undefined);
    if (kept) {
      this._filter = kept.filter ?? '';
      this._filterEdition++;
      this._scroll = kept.scroll ?? 0;
      this.closed = new Set(kept.closed);
      this._selected = new Set(kept.selected);
      this._changed.emit();
    }
  }

  rows(): IRow<Head | Nested>[] {
    return this.visibleHeads().flatMap((head): IRow<Head | Nested>[] => {
      const nested = this.nested(head);
      if (!nested.length) {
        return [{ object: head, level: 1 }];
      }
      const expanded = !this.closed.has(head.id);
      return [
        { object: head, level: 1, expanded },
        ...(expanded ? nested : []).map(object => ({
          object,
          level: 2 as const
        }))
      ];
    });
  }

  select(id: string, how: SelectHow): void {
    if (how === 'keep' && this._selected.has(id)) {
      this._changed.emit();
      return;
    }
    if (how === 'toggle') {
      const selected = new Set(this._selected);
      if (!selected.delete(id)) {
        selected.add(id);
      }
      this._selected = selected;
      this.anchor = id;
    } else if (how === 'range') {
      this._selected = this.range(this.anchor ?? id, id);
    } else {
      this._selected = new Set([id]);
      this.anchor = id;
    }
    this.update();
  }

  selectAll(): void {
    this._selected = new Set(this.rows().map(row => row.object.id));
    this.update();
  }

  /** Show or hide what is nested in a row. */
  expand(id: string, expanded: boolean): void {
    const closed = new Set(this.closed);
    if (expanded) {
      closed.delete(id);
    } else {
      closed.add(id);
    }
    this.closed = closed;
    this.update();
  }

  /** Neither the filter nor a closed row above hides the row from now on. */
  private reveal(id: string): void {
    const object = this.model.find(id);
    if (object && !this.model.isHead(object)) {
      this.expand(this.model.parentIdOf(object), true);
    }
    if (!this.rows().some(row => row.object.id === id)) {
      this.clearFilter();
    }
  }

  private visibleHeads(): Head[] {
    const passing = this.model.heads.filter(
      each => this.passes(each) || this.nestedPassing(each).length > 0
    );
    const wanted = workingFirst(passing).map(each => each.id);
    this.order = this.held ? keepOrder(this.order, wanted) : wanted;
    const byId = new Map(passing.map(each => [each.id, each]));
    return this.order.flatMap(id => byId.get(id) ?? []);
  }

  /** One that passes the filter shows all that is nested in it, else those that pass. */
  private nested(head: Head): Nested[] {
    return this.passes(head)
      ? this.model.nestedOf(head.id)
      : this.nestedPassing(head);
  }

  private nestedPassing(head: Head): Nested[] {
    return this.model.nestedOf(head.id).filter(each => this.passes(each));
  }

  private passes(object: Head | Nested): boolean {
    return passes(this.model.textsOf(object), this._filter);
  }

  private range(from: string, to: string): Set<string> {
    const ids = this.rows().map(row => row.object.id);
    // Where it began may be hidden by now.
    const begin = ids.includes(from) ? from : to;
    const [first, last] = [ids.indexOf(begin), ids.indexOf(to)].sort(
      (a, b) => a - b
    );
    return new Set(ids.slice(first, last + 1));
  }

  private onModel(): void {
    // What was deleted cannot stay selected; before the first answer nobody knows.
    if (this.model.isLoaded) {
      const there = [...this._selected].filter(id => this.model.find(id));
      if (there.length < this._selected.size) {
        this._selected = new Set(there);
        this.save();
      }
    }
    this._changed.emit();
  }

  protected update(): void {
    this.save();
    this._changed.emit();
  }

  private save(): void {
    const kept: IKept = {
      filter: this._filter,
      closed: [...this.closed],
      selected: [...this._selected],
      scroll: this._scroll
    };
    this.memory.save(this.key, kept);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _filter = '';
  private _filterEdition = 0;
  private _focused: string | null = null;
  private _renaming: string | null = null;
  private _scroll = 0;
  private _selected: ReadonlySet<string> = new Set();
  private anchor: string | null = null;
  private closed: ReadonlySet<string> = new Set();
  private held = false;
  private order: string[] = [];
}
