/** Ids as they should stand, except that those already shown keep their places; new ones come last. */
export function keepOrder(
  shown: readonly string[],
  wanted: readonly string[]
): string[] {
  const there = new Set(wanted);
  const kept = shown.filter(id => there.has(id));
  const known = new Set(kept);
  return [...kept, ...wanted.filter(id => !known.has(id))];
}

/** What is at work first, else as the server gives them: newest first. */
export function workingFirst<T extends { state: string }>(
  objects: readonly T[]
): T[] {
  const working = objects.filter(each => each.state === 'working');
  return [...working, ...objects.filter(each => each.state !== 'working')];
}

/** Whether every word of the filter is in one of the texts. */
export function passes(texts: readonly string[], filter: string): boolean {
  const text = texts.join(' ').toLocaleLowerCase();
  return words(filter).every(word => text.includes(word));
}

function words(filter: string): string[] {
  return filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
}
