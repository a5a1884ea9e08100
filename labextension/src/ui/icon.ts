import { LabIcon } from '@jupyterlab/ui-components';

const FILL = 'class="jp-icon3" fill="#616161"';

/** An icon of ours, drawn in a square of 24; JupyterLab's class lets it follow the theme. */
export function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `mistudio:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path ${FILL} d="${path}"/></svg>`
  });
}
