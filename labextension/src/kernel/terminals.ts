import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Terminal } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';

/** The session of the terminal shown at `element`; JupyterLab has no tracker that says it without its terminal package. */
export function terminalAt(
  shell: JupyterFrontEnd.IShell,
  element: Element
): Terminal.ITerminalConnection | null {
  const node = element.closest('.jp-Terminal');
  if (!node) {
    return null;
  }
  for (const area of ['main', 'down', 'left', 'right']) {
    for (const widget of shell.widgets(area)) {
      if (widget.node.contains(node)) {
        return sessionOf(widget);
      }
    }
  }
  return null;
}

function sessionOf(widget: Widget): Terminal.ITerminalConnection | null {
  const { content } = widget as Partial<{ content: unknown }>;
  const { session } = (content ?? {}) as Partial<{ session: unknown }>;
  return isTerminalSession(session) ? session : null;
}

function isTerminalSession(
  value: unknown
): value is Terminal.ITerminalConnection {
  const { send, connectionStatus } = (value ??
    {}) as Partial<Terminal.ITerminalConnection>;
  return typeof send === 'function' && connectionStatus === 'connected';
}
