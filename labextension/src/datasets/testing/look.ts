import type { SourceLook } from '../../api/types';

/** What the server sees in a table whose text it finds by itself. */
export function look(part: Partial<SourceLook> = {}): SourceLook {
  return {
    files: 1,
    bytes: 2_048,
    formats: ['csv'],
    columns: [
      { name: 'title', type: 'text', example: 'Rain' },
      { name: 'text', type: 'text', example: 'The rain fell.' },
      { name: 'year', type: 'number', example: '1900' }
    ],
    rows: 'text',
    chosen: ['text'],
    samples: [
      { text: 'The rain fell.', length: 14, split: 'train', messages: null }
    ],
    problem: null,
    bad_rows: [],
    ...part
  };
}

/** One that somebody must say how to read. */
export function puzzling(): SourceLook {
  return look({
    columns: [
      { name: 'title', type: 'text', example: 'Rain' },
      { name: 'body', type: 'text', example: 'It fell.' },
      { name: 'year', type: 'number', example: '1900' }
    ],
    chosen: [],
    samples: [],
    problem: 'Several columns hold text. Choose.'
  });
}
