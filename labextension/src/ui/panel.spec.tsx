import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';
import * as React from 'react';
import { EventStream } from '../api/events';
import { Memory } from '../frame/memory';
import { MiStudio } from '../frame/studio';
import { FakeServer, FakeSocket, turns } from '../testing/server';
import { jobsIcon } from './icons';
import { StudioPanel, StudioSection } from './panel';

describe('StudioPanel', () => {
  let server: FakeServer;
  let studio: MiStudio;
  let panel: StudioPanel;
  const model = { isActive: false };

  beforeEach(async () => {
    FakeSocket.all = [];
    server = new FakeServer();
    const trans = nullTranslator.load('mistudio_ext');
    studio = new MiStudio({
      client: server.client,
      events: new EventStream({ client: server.client }),
      trans,
      memory: new Memory(null)
    });
    panel = new StudioPanel({
      id: 'things',
      label: 'Things',
      icon: jobsIcon,
      studio,
      models: [model]
    });
    for (const label of ['First', 'Second']) {
      panel.addSection(
        new StudioSection({
          label,
          toolbarLabel: label,
          trans,
          draw: () => <p>{`${label} is drawn`}</p>
        })
      );
    }
    await act(() => Promise.resolve(Widget.attach(panel, document.body)));
    await settle();
  });

  afterEach(() => {
    act(() => panel.dispose());
    studio.dispose();
  });

  async function settle(): Promise<void> {
    await act(turns);
  }

  it('has a name, a head, and its sections', () => {
    expect(panel.node.getAttribute('aria-label')).toBe('Things');
    expect(panel.node.textContent).toContain('connecting');
    expect(panel.node.textContent).toContain('First is drawn');
  });

  it('rests while it is hidden', () => {
    expect(model.isActive).toBe(true);
    panel.hide();
    expect(model.isActive).toBe(false);
    panel.show();
    expect(model.isActive).toBe(true);
  });

  it('folds a section, and opens it to some room', async () => {
    const [, second] = panel.widgets as StudioSection[];
    panel.collapse(second);
    expect(second.isHidden).toBe(true);
    panel.node
      .querySelectorAll<HTMLElement>('.lm-AccordionPanel-title')[1]
      .click();
    await settle();
    expect(second.isHidden).toBe(false);
  });

  it('says whether it is live', async () => {
    act(() => FakeSocket.last.say([], 1));
    await settle();
    const mark = panel.node.querySelector('[role=status]');
    expect(mark?.textContent).toBe('live');
    expect(mark?.getAttribute('title')).toBe('Every change shows at once.');
  });

  it('says what to do where the server has no miStudio', async () => {
    server.on(
      'GET /events/since',
      () => new Response('<html>404</html>', { status: 404 })
    );
    act(() => studio.events.retry());
    await settle();
    expect(studio.events.state).toBe('offline');
    expect(panel.node.querySelector('[role=alert]')?.textContent).toContain(
      'jupyter server extension enable mistudio_ext'
    );
  });
});
