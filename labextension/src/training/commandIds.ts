export namespace CommandIDs {
  export const open = 'mistudio:open-training';
  export const openSae = 'mistudio:open-sae';
  export const showPanel = 'mistudio:show-trainings';
  export const create = 'mistudio:new-training';
  export const trainOn = 'mistudio:train-on-capture';
  export const clone = 'mistudio:clone-training';
  export const extend = 'mistudio:extend-training';
  export const checkpoint = 'mistudio:checkpoint-training';
  export const copyCode = 'mistudio:copy-training-code';
  export const importSae = 'mistudio:import-sae';
  export const exportSae = 'mistudio:export-sae';
  export const downloadSae = 'mistudio:download-sae';
  export const refresh = 'mistudio:refresh-trainings';
  export const selectAll = 'mistudio:select-all-trainings';
  export const rename = 'mistudio:rename-training';
  export const remove = 'mistudio:delete-training';
  export const copyId = 'mistudio:copy-training-id';
  export const pause = 'mistudio:pause-training';
  export const resume = 'mistudio:resume-training';
  export const stop = 'mistudio:stop-training';
  export const cancel = 'mistudio:cancel-training';
  export const retry = 'mistudio:retry-training';
}

const id = {
  type: 'string',
  description: 'Id of a training or an SAE; left out: the selected one.'
} as const;

/** What commands take: an object, an object and where in it, what a new training begins with. */
export const ID = { args: { type: 'object', properties: { id } } } as const;
export const OPEN = {
  args: {
    type: 'object',
    properties: {
      id,
      tab: {
        type: 'string',
        description:
          'curves, health, checkpoints, log, configuration or about; of an SAE about.'
      }
    }
  }
} as const;
export const CREATE = {
  args: {
    type: 'object',
    properties: {
      capture: { type: 'string', description: 'Id of the capture.' },
      draft: {
        type: 'string',
        description: 'What was asked for so far, as JSON.'
      },
      document: { type: 'string', description: 'Id of the document.' }
    }
  }
} as const;
export const CAPTURE = {
  args: {
    type: 'object',
    properties: {
      capture: {
        type: 'string',
        description: 'Id of the capture; left out: the selected one.'
      }
    }
  }
} as const;
export const FOLDER = {
  args: {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description: 'A folder on the server; left out: asks for it.'
      }
    }
  }
} as const;
