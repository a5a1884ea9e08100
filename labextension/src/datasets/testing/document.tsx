// A document of the fake server's dataset, opened as a reader does.

import { act, fireEvent, screen } from '@testing-library/react';
import type { Sample } from '../../api/types';
import type { Tab } from '../document/tabNames';
// Loaded before the first test, which has not the time for it.
import '../document/documentWidget';
import type { DatasetWidget } from '../document/documentWidget';
import { Bench } from './bench';

export const EVIL = '<script>alert(1)</script>';

export function sample(part: Partial<Sample> = {}): Sample {
  const text = part.text ?? 'It rained.';
  const row = part.row ?? 0;
  return {
    id: `ds_1/${row}`,
    row,
    text,
    length: text.length,
    split: 'train',
    other: {},
    messages: null,
    ...part
  };
}

/** A bench whose dataset ds_1 can be looked into. */
export function documentBench(options?: { handoff?: null }): Bench {
  const bench = new Bench(options);
  bench.server.on('GET /datasets/ds_1/samples', request => {
    const query = new URL(request.url).searchParams;
    const offset = Number(query.get('offset'));
    return {
      samples: Array.from({ length: 100 }, (_, at) => ({
        row: offset + at,
        text: `${EVIL} ${offset + at}`,
        length: 9,
        split: 'train'
      })),
      total: bench.datasets.find(each => each.id === 'ds_1')?.facts?.samples,
      next: offset + 100,
      looked_through: 100
    };
  });
  bench.server.on('GET /datasets/ds_1/samples/0', sample());
  bench.server.on('POST /tokens/preview', {
    tokens: [
      { id: 7, token: 'It', text: 'It', kind: 'text' },
      { id: 8, token: 'Ġrained', text: ' rained', kind: 'text' }
    ],
    count: 2,
    vocabulary: 384
  });
  return bench;
}

export async function openDocument(
  bench: Bench,
  id = 'ds_1',
  tab?: Tab
): Promise<DatasetWidget> {
  await bench.load();
  let widget!: DatasetWidget;
  await act(async () => {
    widget = await bench.documents.open(id, tab);
  });
  await bench.settle();
  bench.server.asked.length = 0;
  return widget;
}

export const tabOf = (name: string) => screen.getByRole('tab', { name });

export const press = (name: string | RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }));

export const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
