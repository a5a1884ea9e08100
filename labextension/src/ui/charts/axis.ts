// Where the marks of a chart's axes stand, and what they are called. No React here.

import { bytes, share, short, significant } from '../format';

/** What values are of; left out: plain numbers. */
export type Unit = 'share' | 'bytes';

/** A line that changes by less than this part of its size is drawn as one that hardly changes. */
const LEAST = 0.01;
/** Digits of a mark's name, and of one among others that are nearly the same. */
const DIGITS = 3;
const MOST_DIGITS = 15;
/** Marks of a scale that is not longer than one power of ten, at the most. */
const MARKS = 6;
/** Powers of ten with names, at the most. */
const NAMED_POWERS = 6;

/** What a chart shows of these values, before there is room above and below. */
export function shownRange(lowest: number, highest: number): [number, number] {
  const size = Math.max(Math.abs(lowest), Math.abs(highest));
  const least = LEAST * size || 1;
  if (highest - lowest >= least) {
    return [lowest, highest];
  }
  if (size === 0) {
    return [0, 1];
  }
  const middle = (lowest + highest) / 2;
  return [middle - least / 2, middle + least / 2];
}

/** The names of marks: with as many digits as tell them apart. */
export function markNames(
  marks: readonly (number | null)[],
  unit?: Unit
): string[] {
  const digits = digitsFor(marks.filter(each => each !== null));
  return marks.map(each => (each === null ? '' : markName(each, digits, unit)));
}

/** As many that no mark is rounded by more than a small part of the way to the next one. */
function digitsFor(marks: readonly number[]): number {
  const gap = Math.min(
    ...marks.slice(1).map((each, at) => Math.abs(each - marks[at]))
  );
  let digits = DIGITS;
  while (
    digits < MOST_DIGITS &&
    marks.some(
      each => Math.abs(Number(each.toPrecision(digits)) - each) > gap / 100
    )
  ) {
    digits++;
  }
  return digits;
}

/** Parts of a whole number have their digits; large ones are short. */
function markName(value: number, digits: number, unit?: Unit): string {
  switch (unit) {
    case 'share':
      return share(value, digits);
    case 'bytes':
      return bytes(value, digits);
    default:
      return Number.isInteger(value) || Math.abs(value) >= 1e4
        ? short(value, digits)
        : significant(value, digits);
  }
}

/** Marks of a logarithmic axis; between powers of ten they have no name if there are enough of those. */
export function logMarks(
  lowest: number,
  highest: number
): {
  at: number[];
  named: Set<number>;
} {
  if (highest < 10 * lowest) {
    const at = roundMarks(lowest, highest);
    return { at, named: new Set(at) };
  }
  const first = Math.floor(Math.log10(lowest));
  const last = Math.floor(Math.log10(highest));
  const at: number[] = [];
  const powers: number[] = [];
  for (let power = first; power <= last; power++) {
    for (let times = 1; times < 10; times++) {
      const value = Number(`${times}e${power}`);
      if (lowest <= value && value <= highest) {
        at.push(value);
        powers.push(...(times === 1 ? [value] : []));
      }
    }
  }
  const every = Math.ceil(powers.length / NAMED_POWERS);
  const named =
    powers.length > 1
      ? powers.filter((_, place) => place % every === 0)
      : at.filter(each => /^[125]/.test(each.toExponential()));
  return { at, named: new Set(named) };
}

function roundMarks(lowest: number, highest: number): number[] {
  const rough = (highest - lowest) / MARKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    power * ([1, 2, 5].find(each => 1.001 * each * power >= rough) ?? 10);
  const first = Math.ceil(lowest / step);
  const last = Math.floor(highest / step);
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(12))
  );
}
