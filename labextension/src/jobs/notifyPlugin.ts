import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { JobNotifier, type NotifyOf } from './notifier';
import { IJobs } from './tokens';

/** Tells of the end of jobs. */
export const jobNotificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'mistudio-labextension:job-notifications',
  description: 'Notifies when a job ends.',
  autoStart: true,
  requires: [IJobs],
  optional: [ISettingRegistry],
  activate: (
    _: JupyterFrontEnd,
    jobs: IJobs,
    settings: ISettingRegistry | null
  ): void => {
    const notifier = new JobNotifier(jobs.desk);
    if (settings) {
      followSettings(settings, notifier).catch(reason => {
        console.error(
          'miStudio could not read the settings of notifications.',
          reason
        );
      });
    }
  }
};

async function followSettings(
  registry: ISettingRegistry,
  notifier: JobNotifier
): Promise<void> {
  const settings = await registry.load(jobNotificationsPlugin.id);
  const apply = () => {
    notifier.notifyOf = settings.get('notifyOf').composite as NotifyOf;
  };
  apply();
  settings.changed.connect(apply);
}
