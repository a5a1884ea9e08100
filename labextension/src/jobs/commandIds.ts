export namespace CommandIDs {
  export const show = 'mistudio:show-jobs';
  export const openLog = 'mistudio:open-job-log';
  export const downloadLog = 'mistudio:download-job-log';
  export const openObject = 'mistudio:open-job-object';
  export const pause = 'mistudio:pause-job';
  export const resume = 'mistudio:resume-job';
  export const stop = 'mistudio:stop-job';
  export const cancel = 'mistudio:cancel-job';
  export const retry = 'mistudio:retry-job';
  export const moveUp = 'mistudio:move-job-up';
}

/** Of commands on one job: the one given by id, else the one selected in the panel. */
export const JOB_ARGS = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      description: 'Id of the job; left out: the one selected in the panel.'
    }
  }
} as const;
