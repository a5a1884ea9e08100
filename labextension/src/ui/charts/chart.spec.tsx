import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { turns } from '../../testing/server';
import { Chart, type IChartProps } from './chart';

const CHART: IChartProps = {
  title: 'Length of <samples>',
  kind: 'bars',
  xName: 'Tokens',
  x: [0, 10, 20, 40],
  series: [{ name: '<b>samples</b>', values: [1200, 0, 5] }],
  summary: 'Most are short.'
};

const surface = () => screen.getByRole('img');
const values = () =>
  document.querySelector('.jp-mistudio-Chart-values')!.textContent;
const key = (name: string) => fireEvent.keyDown(surface(), { key: name });

async function draw(
  props: Partial<IChartProps> = {}
): Promise<ReturnType<typeof render>> {
  const drawn = render(<Chart {...CHART} {...props} />);
  await import('uplot');
  await act(turns);
  return drawn;
}

// jsdom has no layout; a chart without a size has no places.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(400);
});

describe('a chart', () => {
  it('says what it tells, and is walked with the keys', async () => {
    await draw();
    expect(surface().getAttribute('aria-labelledby')).toBe(
      screen.getByText('Length of <samples>').id
    );
    expect(screen.getByText('Most are short.').id).toBe(
      surface().getAttribute('aria-describedby')
    );
    expect(document.querySelector('canvas')).toBeTruthy();
    expect(values()).toBe('<b>samples</b>');
    key('ArrowRight');
    expect(values()).toBe('Tokens 0–9<b>samples</b> 1,200');
    key('ArrowRight');
    expect(values()).toBe('Tokens 10–19<b>samples</b> 0');
    key('End');
    expect(values()).toBe('Tokens 20–39<b>samples</b> 5');
    key('ArrowRight');
    expect(values()).toContain('20–39');
    key('Home');
    expect(values()).toContain('0–9');
    key('ArrowLeft');
    expect(values()).toContain('0–9');
  });

  it('is zoomed and shown whole again', async () => {
    await draw();
    key('Home');
    key('+');
    await act(turns);
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    await act(turns);
    expect(screen.queryByRole('button', { name: 'Show all' })).toBeNull();
    key('+');
    await act(turns);
    expect(screen.getByRole('button', { name: 'Show all' })).toBeTruthy();
    key('Escape');
    await act(turns);
    expect(screen.queryByRole('button', { name: 'Show all' })).toBeNull();
  });

  it('asks for another part where its owner decides what is shown', async () => {
    const asked: unknown[] = [];
    const shared: Partial<IChartProps> = {
      kind: 'lines',
      x: [0, 40, 80],
      series: [
        { name: 'a', values: [1, 3, 2], look: 'faint' },
        { name: 'a', values: [1, 2, 2], color: 0 }
      ],
      syncKey: 'all of them',
      startsLog: true,
      range: null,
      onRange: range => asked.push(range)
    };
    const { rerender } = await draw(shared);
    expect(screen.getByLabelText<HTMLInputElement>('log').checked).toBe(true);
    expect(values()).toBe('a');
    key('ArrowRight');
    key('ArrowRight');
    key('+');
    expect(asked).toEqual([[20, 60]]);
    expect(screen.queryByRole('button', { name: 'Show all' })).toBeNull();
    rerender(<Chart {...CHART} {...shared} range={[20, 60]} />);
    await act(turns);
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    fireEvent.dblClick(document.querySelector('.u-over')!);
    expect(asked).toEqual([[20, 60], null, null]);
  });

  it('has its cursor at the last number where there are fewer than before', async () => {
    const asked: unknown[] = [];
    const lines: Partial<IChartProps> = {
      kind: 'lines',
      x: [0, 40, 80],
      series: [{ name: 'a', values: [1, 3, 2] }],
      range: null,
      onRange: range => asked.push(range)
    };
    const { rerender } = await draw(lines);
    key('End');
    rerender(
      <Chart
        {...CHART}
        {...lines}
        x={[0, 8]}
        series={[{ name: 'a', values: [1, 5] }]}
      />
    );
    await act(turns);
    expect(values()).toBe('Tokens 8a 5');
    key('+');
    expect(asked).toEqual([[6, 8]]);
  });

  it('takes other numbers, another scale and other series', async () => {
    const { rerender } = await draw();
    rerender(
      <Chart {...CHART} series={[{ name: 'new', values: [7, 8, 9] }]} />
    );
    await act(turns);
    key('Home');
    expect(values()).toBe('Tokens 0–9new 7');
    fireEvent.click(screen.getByLabelText('log'));
    await act(turns);
    key('End');
    expect(values()).toBe('Tokens 20–39new 9');
    rerender(
      <Chart
        {...CHART}
        kind="lines"
        x={[0, 5]}
        series={[
          { name: 'a', values: [0.12345, 1] },
          { name: 'b', values: [null, 2] }
        ]}
      />
    );
    await act(turns);
    key('Home');
    expect(values()).toBe('Tokens 0a 0.123b —');
    expect(document.querySelectorAll('canvas')).toHaveLength(1);
  });

  it('leaves as a table, from its menu', async () => {
    const files: Blob[] = [];
    URL.createObjectURL = (file: Blob) => {
      files.push(file);
      return 'blob:x';
    };
    URL.revokeObjectURL = () => {};
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    await draw();
    fireEvent.click(
      screen.getByRole('button', {
        name: 'Save the chart “Length of <samples>”'
      })
    );
    const entries = [...document.querySelectorAll('.lm-Menu-itemLabel')];
    expect(entries.map(each => each.textContent)).toEqual([
      'Save as PNG',
      'Save as CSV'
    ]);
    fireEvent.keyDown(document.querySelector('.lm-Menu')!, { keyCode: 40 });
    fireEvent.keyDown(document.querySelector('.lm-Menu')!, { keyCode: 40 });
    fireEvent.keyDown(document.querySelector('.lm-Menu')!, { keyCode: 13 });
    await act(turns);
    expect(files).toHaveLength(1);
    expect(files[0].type).toBe('text/csv');
  });
});
