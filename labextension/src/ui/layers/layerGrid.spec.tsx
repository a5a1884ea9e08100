import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { hookPoints } from '../../models/testing/objects';
import { LayerGrid } from './layerGrid';

let hooks: string[];

function Grid(props: { first?: string[]; layers?: number }): JSX.Element {
  const [now, setNow] = React.useState(props.first ?? []);
  const [points] = React.useState(() => hookPoints(props.layers));
  hooks = now;
  return <LayerGrid points={points} hooks={now} onChange={setNow} />;
}

// By the label alone: there are so many that asking for roles takes seconds.
const box = (name: string) =>
  document.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`)!;
const boxes = () =>
  Array.from(
    document.querySelectorAll<HTMLInputElement>('input[type=checkbox]')
  );

/** As a person does: the box that has the focus gets the key, and Space clicks it. */
function key(name: string, shiftKey = false, ctrlKey = false): void {
  const target = document.activeElement as HTMLInputElement;
  if (name === ' ') {
    fireEvent.click(target);
  } else {
    fireEvent.keyDown(target, { key: name, shiftKey, ctrlKey });
  }
}

const focused = () => document.activeElement?.getAttribute('aria-label');

beforeAll(() => {
  // jsdom does not scroll.
  Element.prototype.scrollIntoView = () => undefined;
});

describe('the grid', () => {
  it('has a box for each hook point of each layer, and one for many', () => {
    render(<Grid />);
    // Four layers by six kinds, four layers, seven kinds, and all of it.
    expect(boxes()).toHaveLength(24 + 4 + 7 + 1);
    fireEvent.click(box('Layer 2, mlp_out'));
    expect(hooks).toEqual(['layers.2.mlp_out']);
    fireEvent.click(box('resid_pre of all layers'));
    expect(hooks).toEqual(['layers.all.resid_pre', 'layers.2.mlp_out']);
    expect(box('All of layer 2').indeterminate).toBe(true);
    fireEvent.click(box('All of layer 2'));
    expect(hooks).toContain('layers.2.attn_out');
    expect(box('All of layer 2').checked).toBe(true);
    fireEvent.click(box('All hook points of all layers'));
    expect(hooks).toHaveLength(6);
    fireEvent.click(box('All hook points of all layers'));
    expect(hooks).toEqual([]);
    expect(screen.getByRole('status').textContent).toBe(
      '0 hook points are chosen.'
    );
  });

  it('is walked with the arrows, and a stretch is as where it began', () => {
    render(<Grid />);
    act(() => box('Layer 0, resid_pre').focus());
    key('ArrowDown');
    key('ArrowRight');
    expect(focused()).toBe('Layer 1, attn_out');
    key(' ');
    key('ArrowDown', true);
    key('ArrowDown', true);
    expect(focused()).toBe('Layer 3, attn_out');
    expect(hooks).toEqual(['layers.1-3.attn_out']);
    key('ArrowRight', true);
    expect(hooks).toEqual(['layers.1-3.attn_out', 'layers.1-3.resid_mid']);
    // From a box that is not ticked, a stretch is taken away.
    key('ArrowUp');
    key(' ');
    key('ArrowLeft', true);
    expect(hooks).toEqual([
      'layers.1.attn_out',
      'layers.3.attn_out',
      'layers.1.resid_mid',
      'layers.3.resid_mid'
    ]);
    // One box alone is reached with Tab.
    const reached = boxes().filter(each => each.tabIndex === 0);
    expect(reached.map(each => each.getAttribute('aria-label'))).toEqual([
      'Layer 2, attn_out'
    ]);
  });

  it('takes whole layers and kinds in stretches', () => {
    render(<Grid />);
    act(() => box('All of layer 0').focus());
    key('ArrowDown');
    key(' ');
    key('ArrowDown', true);
    expect(hooks).toContain('layers.1-2.resid_post');
    expect(hooks).toHaveLength(6);
    // Not from heads into boxes.
    key('ArrowRight', true);
    expect(focused()).toBe('All of layer 2');
    key('Home', false, true);
    expect(focused()).toBe('All hook points of all layers');
    key('PageDown');
    expect(focused()).toBe('All of layer 3');
    key('End');
    expect(focused()).toBe('Layer 3, resid_post');
    key('ArrowRight');
    expect(focused()).toBe('Layer 3, resid_post');
    key('Home');
    key(' ');
    expect(hooks).toContain('layers.1-3.resid_post');
  });

  it('says why a kind cannot be chosen, and does not choose it', () => {
    render(<Grid />);
    const missing = box('attn_z of all layers: The heads are mixed.');
    expect(missing.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(missing);
    expect(hooks).toEqual([]);
    act(() => missing.focus());
    expect(document.querySelector('[aria-live]')?.textContent).toBe(
      'attn_z The heads are mixed.'
    );
    act(() => box('Layer 1, mlp_in').focus());
    expect(document.querySelector('[aria-live]')?.textContent).toBe(
      'mlp_in What mlp_in is.'
    );
  });

  it('takes layers in words, as soon as they can be understood', () => {
    render(<Grid layers={12} first={['layers.3.resid_post']} />);
    const field = screen.getByLabelText<HTMLInputElement>(
      'Layers of resid_post'
    );
    expect(field.value).toBe('3');
    fireEvent.change(field, { target: { value: '2-5, 8' } });
    expect(hooks).toEqual(['layers.2-5.resid_post', 'layers.8.resid_post']);
    fireEvent.change(field, { target: { value: '2-5, 80' } });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(hooks).toHaveLength(2);
    fireEvent.blur(field);
    expect(field.value).toBe('2-5, 8');
  });

  it('does not send the form it is in', () => {
    const sent = vi.fn();
    render(
      <form onSubmit={sent}>
        <Grid />
      </form>
    );
    act(() => box('Layer 0, resid_pre').focus());
    const enter = fireEvent.keyDown(document.activeElement!, { key: 'Enter' });
    expect(enter).toBe(false);
    expect(hooks).toEqual(['layers.0.resid_pre']);
  });
});
