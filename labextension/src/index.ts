import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { capturesPlugin } from './captures';
import { datasetsPlugin } from './datasets';
import { studioPlugin } from './frame';
import { jobNotificationsPlugin, jobsPlugin, jobsStatusPlugin } from './jobs';
import { kernelPlugin } from './kernel';
import { modelsPlugin } from './models';
import { trainingPlugin } from './training';

export { IJobs } from './jobs/tokens';
export { IKernelHandoff } from './kernel';
export { IMiStudio, type IMemory, type IOpeners } from './tokens';

/** Each can be disabled on its own. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  studioPlugin,
  kernelPlugin,
  datasetsPlugin,
  modelsPlugin,
  capturesPlugin,
  trainingPlugin,
  jobsPlugin,
  jobsStatusPlugin,
  jobNotificationsPlugin
];

export default plugins;
