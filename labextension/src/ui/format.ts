// Numbers, sizes, times and rates as all panels show them.

/** What stands where there is no value. */
export const NONE = '—';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const SCALES: [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k']
];

type Given = number | null | undefined;

function locale(): string | undefined {
  return document.documentElement.lang || undefined;
}

/** Every digit, thousands grouped: for what is counted. */
export function exact(value: Given): string {
  return value == null
    ? NONE
    : new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(
        value
      );
}

/** Three significant digits: for what is measured. */
export function measured(value: Given): string {
  return significant(value, 3);
}

/** So many significant digits, and all of those before the point. */
export function significant(value: Given, digits: number): string {
  if (value == null) {
    return NONE;
  }
  const size = Math.abs(value);
  const options: Intl.NumberFormatOptions =
    size >= 10 ** digits
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: digits };
  if (size > 0 && size < 1e-3) {
    options.notation = 'scientific';
  }
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A part of 1 in percent: 5 %, 0.0123 %. */
export function share(value: Given, digits = 3): string {
  return value == null ? NONE : `${significant(100 * value, digits)} %`;
}

/** Short, for narrow places: 3.6 M, 12 k, 940. */
export function short(value: Given, digits = 3): string {
  if (value == null) {
    return NONE;
  }
  const scale = SCALES.find(([least]) => Math.abs(value) >= least);
  if (!scale) {
    return exact(value);
  }
  const base = scale[1] === 'k' ? 1e3 : scale[0];
  return `${significant(value / base, digits)} ${scale[1]}`;
}

/** Bytes in decimal units, as disks are sold. */
export function bytes(value: Given, digits = 3): string {
  if (value == null) {
    return NONE;
  }
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${significant(rest, digits)} ${UNITS[unit]}`;
}

/** A span of time: 0:58, 12:04, 3:07:30, 2 d 3 h. */
export function duration(seconds: Given): string {
  if (seconds == null || !isFinite(seconds) || seconds < 0) {
    return NONE;
  }
  const all = Math.round(seconds);
  if (all >= 172_800) {
    return `${Math.floor(all / 86_400)} d ${Math.floor((all % 86_400) / 3600)} h`;
  }
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  const rest = String(all % 60).padStart(2, '0');
  return hours
    ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}`
    : `${minutes}:${rest}`;
}

/** How fast, with what is counted: 12.3 k tokens/s. */
export function rate(value: Given, unit: string): string {
  if (value == null) {
    return NONE;
  }
  const counted =
    unit === 'bytes' ? bytes(value) : `${short(round3(value))} ${unit}`.trim();
  return `${counted}/s`;
}

function round3(value: number): number {
  return Number(value.toPrecision(3));
}

/** Whole percent of something unfinished: never 100 while it is still being written. */
export function percent(done: Given, total: Given): string | null {
  if (done == null || !total) {
    return null;
  }
  return `${Math.min(Math.floor((100 * done) / total), 99)} %`;
}

/** A moment in the reader's own time zone, to the second: 2026-11-21 09:44:03. */
export function timestamp(seconds: Given): string {
  if (seconds == null) {
    return NONE;
  }
  const time = new Date(seconds * 1000);
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  return `${date.map(two).join('-')} ${clock(seconds)}`;
}

/** The time alone for today, else date and minute. */
export function shortTimestamp(seconds: Given, now = Date.now()): string {
  if (seconds == null) {
    return NONE;
  }
  const today = new Date(now).toDateString();
  return new Date(seconds * 1000).toDateString() === today
    ? clock(seconds)
    : timestamp(seconds).slice(0, -3);
}

/** Only the time of day. */
export function clock(seconds: number): string {
  const time = new Date(seconds * 1000);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map(two)
    .join(':');
}

/** How long ago, for the hover beside a timestamp. */
export function ago(seconds: number, now = Date.now()): string {
  const past = Math.max(0, now / 1000 - seconds);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (past < 60) {
    return format.format(-Math.floor(past), 'second');
  }
  if (past < 3600) {
    return format.format(-Math.floor(past / 60), 'minute');
  }
  return past < 86_400
    ? format.format(-Math.floor(past / 3600), 'hour')
    : format.format(-Math.floor(past / 86_400), 'day');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
