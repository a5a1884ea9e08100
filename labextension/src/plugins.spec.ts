import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStatusBar } from '@jupyterlab/statusbar';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import plugins from '.';
import type { IJobs } from './jobs/tokens';
import { CommandIDs } from './jobs/commandIds';
import { FakeServer, FakeSocket, job } from './testing/server';
import type { IMiStudio } from './tokens';

type Activate = (app: JupyterFrontEnd, ...rest: unknown[]) => unknown;

/** Activates one of our plugins with what it asks for, in its order. */
function activate<T>(
  app: JupyterFrontEnd,
  id: string,
  ...services: unknown[]
): T {
  const plugin = plugins.find(
    each => each.id === `mistudio-labextension:${id}`
  )!;
  return (plugin.activate as Activate)(app, ...services) as T;
}

function settingsOf(values: Record<string, unknown>): ISettingRegistry {
  const settings = {
    get: (name: string) => ({ composite: values[name] }),
    changed: new Signal({})
  };
  return {
    load: () => Promise.resolve(settings)
  } as unknown as ISettingRegistry;
}

describe('the plugins', () => {
  it('are described, and named for what they are', () => {
    for (const plugin of plugins) {
      expect(plugin.id).toMatch(/^mistudio-labextension:[a-z-]+$/);
      expect(plugin.description).toBeTruthy();
    }
  });

  it('work without any of what is optional', async () => {
    FakeSocket.all = [];
    const server = new FakeServer();
    server.on('GET /jobs', { jobs: [job()], total: 1 });
    const added: { widget: Widget; area: string }[] = [];
    const activated: string[] = [];
    const app = {
      commands: new CommandRegistry(),
      serviceManager: { serverSettings: server.settings },
      shell: {
        add: (widget: Widget, area: string) => added.push({ widget, area }),
        activateById: (id: string) => activated.push(id)
      }
    } as unknown as JupyterFrontEnd;

    const studio = activate<IMiStudio>(
      app,
      'studio',
      null,
      settingsOf({ pollInterval: 7 }),
      null
    );
    const jobs = activate<IJobs>(
      app,
      'jobs',
      studio,
      null,
      null,
      settingsOf({ listed: 20 }),
      null
    );
    activate(app, 'jobs-status', studio, jobs, null);
    activate(app, 'job-notifications', jobs, settingsOf({ notifyOf: 'none' }));

    expect(added.map(each => [each.widget.id, each.area])).toEqual([
      ['mistudio-jobs', 'right']
    ]);
    for (const command of Object.values(CommandIDs)) {
      expect(app.commands.hasCommand(command)).toBe(true);
    }
    await vi.waitUntil(() => jobs.model.limit === 20 && jobs.model.isLoaded);
    expect(studio.events.pollInterval).toBe(7000);
    await app.commands.execute(CommandIDs.show);
    expect(activated).toEqual(['mistudio-jobs']);

    const items: IStatusBar.IItem[] = [];
    const statusBar = {
      registerStatusItem: (_: string, item: IStatusBar.IItem) =>
        items.push(item)
    };
    activate(app, 'jobs-status', studio, jobs, statusBar);
    expect(items[0].isActive!()).toBe(true);

    await app.commands.execute(CommandIDs.openLog, { id: 'jb_1' });
    expect(added[1].area).toBe('main');
    expect(added[1].widget.title.label).toBe('Log of Read stories');
    await app.commands.execute(CommandIDs.openLog, { id: 'jb_1' });
    expect(added).toHaveLength(2);
    added.forEach(each => each.widget.dispose());
    jobs.model.dispose();
    studio.events.dispose();
  });
});
