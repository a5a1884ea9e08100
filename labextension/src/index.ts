import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { datasetsPlugin } from './datasets';
import { studioPlugin } from './frame';
import { jobNotificationsPlugin, jobsPlugin, jobsStatusPlugin } from './jobs';
import { kernelPlugin } from './kernel';

export { IJobs } from './jobs/tokens';
export { IKernelHandoff } from './kernel';
export { IMiStudio, type IMemory, type IOpeners } from './tokens';

/** Each can be disabled on its own. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  studioPlugin,
  kernelPlugin,
  datasetsPlugin,
  jobsPlugin,
  jobsStatusPlugin,
  jobNotificationsPlugin
];

export default plugins;
