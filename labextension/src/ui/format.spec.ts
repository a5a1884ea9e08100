import {
  ago,
  bytes,
  clock,
  duration,
  exact,
  measured,
  percent,
  rate,
  short,
  shortTimestamp,
  timestamp
} from './format';

describe('numbers', () => {
  beforeEach(() => {
    document.documentElement.lang = 'en';
  });

  it('groups what is counted and rounds what is measured', () => {
    expect(exact(40000)).toBe('40,000');
    expect(measured(0.112345)).toBe('0.112');
    expect(measured(12345.6)).toBe('12,346');
    expect(measured(0.00012345)).toBe('1.23E-4');
    expect(measured(0)).toBe('0');
    expect(short(3_600_000)).toBe('3.6 M');
    expect(short(11_830)).toBe('11.8 k');
    expect(short(940)).toBe('940');
  });

  it('says sizes and rates with their units', () => {
    expect(bytes(999)).toBe('999 B');
    expect(bytes(14_700_000)).toBe('14.7 MB');
    expect(bytes(999_999)).toBe('1 MB');
    expect(rate(11_830, 'samples')).toBe('11.8 k samples/s');
    expect(rate(9_300_000, 'bytes')).toBe('9.3 MB/s');
    expect(rate(2, '')).toBe('2/s');
  });

  it('has a dash for what is not there', () => {
    for (const format of [exact, measured, short, bytes, duration, timestamp]) {
      expect(format(null)).toBe('—');
    }
    expect(rate(undefined, 'x')).toBe('—');
    expect(duration(NaN)).toBe('—');
    expect(shortTimestamp(null)).toBe('—');
  });

  it('never says 100 % of something unfinished', () => {
    expect(percent(58.9, 100)).toBe('58 %');
    expect(percent(100, 100)).toBe('99 %');
    expect(percent(5, null)).toBeNull();
    expect(percent(null, 5)).toBeNull();
  });
});

describe('times', () => {
  it('tells spans as clocks do', () => {
    expect(duration(58)).toBe('0:58');
    expect(duration(724)).toBe('12:04');
    expect(duration(11_250)).toBe('3:07:30');
    expect(duration(183_600)).toBe('2 d 3 h');
  });

  it('tells moments in the reader’s own zone', () => {
    const seconds = new Date(2026, 10, 21, 9, 4, 3).getTime() / 1000;
    expect(timestamp(seconds)).toBe('2026-11-21 09:04:03');
    expect(clock(seconds)).toBe('09:04:03');
    const day = 86_400_000;
    expect(shortTimestamp(seconds, seconds * 1000)).toBe('09:04:03');
    expect(shortTimestamp(seconds, seconds * 1000 + day)).toBe(
      '2026-11-21 09:04'
    );
  });

  it.each([
    [5, '5 seconds ago'],
    [130, '2 minutes ago'],
    [7300, '2 hours ago'],
    [180_000, '2 days ago']
  ])('tells %i s ago on hover', (past, words) => {
    expect(ago(1_000_000, (1_000_000 + past) * 1000)).toBe(words);
  });
});
