// What the SAEs of a training are called where there is little room.

import { hookWord } from './words';

const BETWEEN = ' · ';

/** Titles with only what tells them apart, and with hook points in short; of one alone all of it. */
export function shortTitles(titles: readonly string[]): string[] {
  const parts = titles.map(each => each.split(BETWEEN));
  return parts.map(each => {
    const own = each.filter(part => parts.some(some => !some.includes(part)));
    return (own.length ? own : each).map(placeWord).join(BETWEEN);
  });
}

/** “L1 resid_pre → L2 mlp_out” of a transcoder. */
function placeWord(part: string): string {
  return part.split(' → ').map(hookWord).join(' → ');
}
