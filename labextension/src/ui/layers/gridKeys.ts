// How the keyboard walks the grid. A place is a box, or with -1 the head of its row or column. No React here.

export interface IPlace {
  row: number;
  column: number;
}

/** Rows that one screen holds, about. */
const PAGE = 10;

/** Where a key leads; null for keys that lead nowhere. `isThere` says which places can be reached. */
export function nextPlace(
  key: string,
  toEnds: boolean,
  from: IPlace,
  size: { rows: number; columns: number },
  isThere: (place: IPlace) => boolean
): IPlace | null {
  const { row, column } = from;
  const along = (rows: number, columns: number, steps: number) => {
    let found = from;
    for (let step = 1; step <= steps; step++) {
      const next = { row: row + step * rows, column: column + step * columns };
      if (
        next.row < -1 ||
        next.column < -1 ||
        next.row >= size.rows ||
        next.column >= size.columns
      ) {
        break;
      }
      if (isThere(next)) {
        found = next;
        if (steps === Infinity) {
          break;
        }
      }
    }
    return found;
  };
  switch (key) {
    case 'ArrowDown':
      return along(1, 0, Infinity);
    case 'ArrowUp':
      return along(-1, 0, Infinity);
    case 'ArrowRight':
      return along(0, 1, Infinity);
    case 'ArrowLeft':
      return along(0, -1, Infinity);
    case 'PageDown':
      return along(1, 0, PAGE);
    case 'PageUp':
      return along(-1, 0, PAGE);
    case 'Home':
      return toEnds ? { row: -1, column: -1 } : along(0, -1, size.columns);
    case 'End':
      return toEnds ? along(1, 0, size.rows) : along(0, 1, size.columns);
  }
  return null;
}

/** From one number to another, whichever is larger. */
export function between(one: number, other: number): [number, number] {
  return one < other ? [one, other] : [other, one];
}
