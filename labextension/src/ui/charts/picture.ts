import type uPlot from 'uplot';
import type { ISeries } from './chartData';
import { color, seriesColor } from './plot';

const HEAD = 44;
const MARGIN = 12;

/** The chart as it stands, with its title and the names of its series. */
export function pictureOf(
  u: uPlot,
  node: Element,
  title: string,
  series: readonly ISeries[]
): Promise<Blob | null> {
  const { canvas } = u.ctx;
  const scale = canvas.width / u.width;
  const page = document.createElement('canvas');
  page.width = canvas.width;
  page.height = canvas.height + HEAD * scale;
  const draw = page.getContext('2d');
  if (!draw) {
    return Promise.resolve(null);
  }
  const family = getComputedStyle(node).fontFamily || 'sans-serif';
  draw.fillStyle = color(node, '--jp-layout-color1');
  draw.fillRect(0, 0, page.width, page.height);
  draw.scale(scale, scale);
  draw.fillStyle = color(node, '--jp-ui-font-color1');
  draw.font = `600 13px ${family}`;
  draw.fillText(title, MARGIN, 17);
  draw.font = `11px ${family}`;
  let left = MARGIN;
  if (series.length > 1) {
    series.forEach(({ name, look, color: own }, at) => {
      if (look === 'faint') {
        return;
      }
      draw.fillStyle = seriesColor(node, own ?? at);
      draw.fillRect(left, 27, 10, 10);
      draw.fillStyle = color(node, '--jp-ui-font-color1');
      draw.fillText(name, left + 15, 36);
      left += 30 + draw.measureText(name).width;
    });
  }
  draw.setTransform(1, 0, 0, 1, 0, 0);
  draw.drawImage(canvas, 0, HEAD * scale);
  return new Promise(resolve => page.toBlob(resolve, 'image/png'));
}
