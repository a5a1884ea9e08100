export { jobNotificationsPlugin } from './notifyPlugin';
export { jobsPlugin } from './plugin';
export { jobsStatusPlugin } from './statusPlugin';
