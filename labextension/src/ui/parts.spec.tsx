import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../api/errors';
import { pauseIcon } from './icons';
import { ListKeys } from './listKeys';
import { EmptyState, ErrorNote } from './notes';
import { ObjectRow, type IObjectRowProps } from './objectRow';
import { StateChip } from './stateChip';

function rowProps(part: Partial<IObjectRowProps> = {}): IObjectRowProps {
  return {
    id: 'ds_1',
    name: 'stories',
    state: 'ready',
    facts: ['40,000 samples', '14.7 MB'],
    actions: [],
    selected: false,
    onOpen: vi.fn(),
    onSelect: vi.fn(),
    ...part
  };
}

describe('StateChip', () => {
  it('is a word with an icon, and says why on hover', () => {
    const { container } = render(
      <StateChip state="failed" reason="The disk is full." />
    );
    const chip = container.firstElementChild!;
    expect(chip.textContent).toContain('failed');
    expect(chip.querySelector('svg')).not.toBeNull();
    expect(chip.getAttribute('title')).toBe('failed: The disk is full.');
  });

  it('keeps the word for readers where a number stands in for it', () => {
    render(<StateChip state="running" label="58 %" />);
    expect(screen.getByText('58 %')).toBeDefined();
    expect(screen.getByText('running')).toBeDefined();
  });
});

describe('ObjectRow', () => {
  it('shows name, state, facts and progress', () => {
    render(
      <ObjectRow
        {...rowProps({
          state: 'working',
          stateLabel: '50 %',
          progress: {
            done: 5,
            total: 10,
            unit: 'rows',
            stage: 'reading',
            rate: 2,
            seconds_left: 58
          }
        })}
      />
    );
    expect(screen.getByRole('treeitem').getAttribute('aria-label')).toBe(
      'stories, 50 %'
    );
    expect(screen.getByText('40,000 samples · 14.7 MB')).toBeDefined();
    const line = screen.getByRole('progressbar');
    expect(line.getAttribute('aria-valuenow')).toBe('50');
    expect(line.getAttribute('aria-valuetext')).toBe(
      '50 % · reading · 5/10 · 0:58 left · 2 rows/s'
    );
  });

  it('says of a training how far its model is read, and no speed', () => {
    render(
      <ObjectRow
        {...rowProps({
          progress: {
            done: 5,
            total: 10,
            unit: 'steps',
            stage: 'Reading the model',
            rate: 0,
            seconds_left: null,
            figures: { loss: 1, tokens_read: 1500, tokens_to_read: 2000 }
          }
        })}
      />
    );
    expect(screen.getByRole('progressbar').title).toBe(
      '50 % · Reading the model: 1,500 of 2,000 tokens · 5/10'
    );
  });

  it('opens on double click, selects on click and for the context menu', () => {
    const props = rowProps();
    render(<ObjectRow {...props} />);
    const row = screen.getByRole('treeitem');
    fireEvent.click(row);
    fireEvent.contextMenu(row);
    fireEvent.doubleClick(row);
    expect(props.onSelect).toHaveBeenCalledTimes(2);
    expect(props.onOpen).toHaveBeenCalledTimes(1);
  });

  it('does not do what is refused, and says why', () => {
    const run = vi.fn();
    const refused = vi.fn();
    const props = rowProps({
      actions: [
        { id: 'a', label: 'Pause', icon: pauseIcon, run },
        {
          id: 'b',
          label: 'Stop',
          icon: pauseIcon,
          reason: 'Nothing to keep.',
          run: refused
        }
      ]
    });
    render(<ObjectRow {...props} />);
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    const stop = screen.getByRole('button', { name: 'Stop: Nothing to keep.' });
    expect(stop.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(stop);
    expect(run).toHaveBeenCalledTimes(1);
    expect(refused).not.toHaveBeenCalled();
    expect(props.onSelect).not.toHaveBeenCalled();
  });

  it('takes hostile names as text', () => {
    const name = '<img src=x onerror=alert(1)>';
    const { container } = render(<ObjectRow {...rowProps({ name })} />);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText(name)).toBeDefined();
  });
});

describe('ListKeys', () => {
  const onOpen = vi.fn();
  const onSelect = vi.fn();
  const onDelete = vi.fn();
  const onExpand = vi.fn();

  beforeEach(() => {
    for (const mock of [onOpen, onSelect, onDelete, onExpand]) {
      mock.mockReset();
    }
    render(
      <ListKeys
        ids={['a', 'b', 'c']}
        label="Things"
        {...{ onOpen, onSelect, onDelete, onExpand }}
      >
        {['a', 'b', 'c'].map(id => (
          <ObjectRow
            key={id}
            {...rowProps({
              id,
              name: id,
              actions: [
                { id: 'x', label: `Do ${id}`, icon: pauseIcon, run: vi.fn() }
              ]
            })}
          />
        ))}
      </ListKeys>
    );
  });

  const row = (id: string) =>
    document.querySelector<HTMLElement>(`[data-row-id="${id}"]`)!;
  const press = (key: string) =>
    fireEvent.keyDown(document.activeElement!, { key });

  it('is reached by Tab at one row, and walked with the arrows', () => {
    expect([row('a').tabIndex, row('b').tabIndex]).toEqual([0, -1]);
    act(() => row('a').focus());
    press('ArrowDown');
    expect(document.activeElement).toBe(row('b'));
    expect([row('a').tabIndex, row('b').tabIndex]).toEqual([-1, 0]);
    press('End');
    expect(document.activeElement).toBe(row('c'));
    press('ArrowDown');
    expect(document.activeElement).toBe(row('c'));
    press('Home');
    press('PageDown');
    press('PageUp');
    expect(document.activeElement).toBe(row('a'));
  });

  it('opens, selects, deletes and unfolds by keys', () => {
    act(() => row('b').focus());
    press('Enter');
    press(' ');
    press('Delete');
    press('ArrowRight');
    press('ArrowLeft');
    expect(onOpen).toHaveBeenCalledWith('b');
    expect(onSelect).toHaveBeenCalledWith('b');
    expect(onDelete).toHaveBeenCalledWith('b');
    expect(onExpand.mock.calls).toEqual([
      ['b', true],
      ['b', false]
    ]);
  });

  it('leaves the keys of a row’s buttons to them', () => {
    const button = screen.getByRole('button', { name: 'Do b' });
    act(() => button.focus());
    press('Enter');
    press(' ');
    press('Delete');
    expect(onOpen).not.toHaveBeenCalled();
    expect(onDelete).not.toHaveBeenCalled();
    press('ArrowDown');
    expect(document.activeElement).toBe(row('c'));
  });
});

describe('notes', () => {
  it('has a sentence and a button', () => {
    const run = vi.fn();
    render(
      <EmptyState sentence="No datasets." button={{ label: 'Add', run }} />
    );
    fireEvent.click(screen.getByText('Add'));
    expect(run).toHaveBeenCalled();
  });

  it('says what is wrong and what to do, and folds the details', () => {
    render(
      <ErrorNote
        error={
          new ApiError({
            message: 'The disk is full.',
            hint: 'Make room.',
            code: 'disk_full',
            status: 507,
            requestId: 'abc'
          })
        }
      />
    );
    expect(screen.getByRole('alert').textContent).toContain('Make room.');
    expect(screen.getByText('disk_full · 507 · abc')).toBeDefined();
  });
});
