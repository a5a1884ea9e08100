import { Notification } from '@jupyterlab/apputils';
import { fireEvent, screen, within } from '@testing-library/react';
import type { Bench } from '../testing/bench';
import { documentBench, openDocument, type } from '../testing/document';

let bench: Bench;

beforeEach(() => {
  bench = documentBench();
});

afterEach(() => {
  bench.dispose();
  Notification.dismiss();
});

describe('the preview', () => {
  it('wants a text and a tokenizer, and shows the tokens', async () => {
    await openDocument(bench, 'ds_1', 'preview');
    const run = () => screen.getByRole('button', { name: 'Show tokens' });
    fireEvent.click(run());
    expect(run().title).toBe('Type a text first.');
    type('Text', 'It rained');
    fireEvent.keyDown(screen.getByLabelText('Text'), {
      key: 'Enter',
      ctrlKey: true
    });
    await bench.settle();
    expect(bench.sent).toEqual({
      text: 'It rained',
      special_tokens: true,
      tokenization: 'tk_1'
    });
    expect(
      within(screen.getByRole('list', { name: 'Tokens' })).getAllByRole(
        'listitem'
      )
    ).toHaveLength(2);
  });

  it('takes any folder of the server instead, and says what was wrong with it', async () => {
    bench.refuse('POST /tokens/preview');
    await openDocument(bench, 'ds_1', 'preview');
    type('Text', 'x');
    type('Tokenizer', '');
    expect(screen.getByRole('button', { name: 'Show tokens' }).title).toBe(
      'Say which tokenizer first.'
    );
    type('Folder of the tokenizer', ' /data/tok ');
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.keyDown(screen.getByLabelText('Folder of the tokenizer'), {
      key: 'Enter'
    });
    await bench.settle();
    expect(bench.sent).toEqual({
      text: 'x',
      special_tokens: false,
      tokenizer: '/data/tok'
    });
    expect(screen.getByRole('alert').textContent).toContain('It is wrong.');
  });
});
