import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import * as React from 'react';
import type { DeletePlan } from '../../api/types';
import { askDelete, DeleteStatement } from './deleteDialog';

const trans = nullTranslator.load('');
const plan = (changes: Partial<DeletePlan> = {}): DeletePlan => ({
  id: 'ds_1',
  statement: 'Deletes the dataset “<b>x</b>” and frees 1.0 MB.',
  also: [{ id: 'tk_1', kind: 'tokenization', name: 'tok · 64' }],
  bytes: 1e6,
  blocked_by: [],
  ...changes
});

function buttons(): HTMLButtonElement[] {
  return Array.from(
    document.querySelectorAll<HTMLButtonElement>('.jp-Dialog-button')
  );
}

async function shown(): Promise<void> {
  await vi.waitFor(() => expect(buttons().length).toBeGreaterThan(0));
}

describe('the statement of a delete', () => {
  it('is the server’s, with what goes along', () => {
    render(<DeleteStatement plans={[plan()]} trans={trans} />);
    expect(screen.getByText(/Deletes the dataset “<b>x<\/b>”/)).toBeTruthy();
    expect(screen.getByText('tok · 64')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('names the jobs that stand against it', () => {
    render(
      <DeleteStatement
        plans={[plan({ blocked_by: ['Tokenize x'] })]}
        trans={trans}
      />
    );
    expect(screen.getByRole('alert').textContent).toContain('Tokenize x');
  });

  it('shortens a long list and says by how much', () => {
    const also = Array.from({ length: 20 }, (_, at) => ({
      id: `tk_${at}`,
      kind: 'tokenization',
      name: `t${at}`
    }));
    render(<DeleteStatement plans={[plan({ also })]} trans={trans} />);
    expect(screen.getByText('and 12 more')).toBeTruthy();
  });
});

describe('asking', () => {
  // JupyterLab draws its dialogs when it likes, not when a test says so.
  beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false));
  afterEach(() => vi.unstubAllGlobals());
  afterEach(() => Dialog.flush());

  it('agrees only when Delete is pressed', async () => {
    const asked = askDelete([plan()], trans);
    await shown();
    expect(buttons().map(each => each.textContent)).toEqual(['Keep', 'Delete']);
    buttons()[1].click();
    expect(await asked).toBe(true);
  });

  it('offers no Delete while it is in use', async () => {
    const asked = askDelete([plan({ blocked_by: ['Tokenize x'] })], trans);
    await shown();
    expect(buttons().map(each => each.textContent)).toEqual(['Close']);
    buttons()[0].click();
    expect(await asked).toBe(false);
  });
});
