/* eslint-disable jupyter/prefer-lazy-imports -- The connection is what this plugin provides: it is needed at once. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Client } from '../api/client';
import { EventStream } from '../api/events';
import { IMiStudio } from '../tokens';
import { Memory } from './memory';
import { MiStudio } from './studio';

/** The connection that all others use. */
export const studioPlugin: JupyterFrontEndPlugin<IMiStudio> = {
  id: 'mistudio-labextension:studio',
  description: 'Connects the page to the miStudio server.',
  autoStart: true,
  provides: IMiStudio,
  optional: [ITranslator, ISettingRegistry, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    settingRegistry: ISettingRegistry | null,
    state: IStateDB | null
  ): IMiStudio => {
    const trans = (translator ?? nullTranslator).load('mistudio_ext');
    const client = new Client(app.serviceManager.serverSettings, trans);
    const events = new EventStream({ client });
    if (settingRegistry) {
      followSettings(settingRegistry, events).catch(reason => {
        console.error('miStudio could not read its settings.', reason);
      });
    }
    return new MiStudio({ client, events, trans, memory: new Memory(state) });
  }
};

async function followSettings(
  registry: ISettingRegistry,
  events: EventStream
): Promise<void> {
  const settings = await registry.load(studioPlugin.id);
  const apply = () => {
    events.pollInterval =
      1000 * (settings.get('pollInterval').composite as number);
  };
  apply();
  settings.changed.connect(apply);
}
