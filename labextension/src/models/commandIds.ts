export namespace CommandIDs {
  export const open = 'mistudio:open-model';
  export const showPanel = 'mistudio:show-models';
  export const addHub = 'mistudio:add-model-hub';
  export const addPath = 'mistudio:add-model-path';
  export const addCached = 'mistudio:add-model-cached';
  export const tryOut = 'mistudio:try-model';
  export const capture = 'mistudio:capture-model';
  export const refresh = 'mistudio:refresh-models';
  export const selectAll = 'mistudio:select-all-models';
  export const rename = 'mistudio:rename-model';
  export const remove = 'mistudio:delete-model';
  export const copyId = 'mistudio:copy-model-id';
  export const pause = 'mistudio:pause-model';
  export const resume = 'mistudio:resume-model';
  export const cancel = 'mistudio:cancel-model';
  export const retry = 'mistudio:retry-model';
}

/** What opens a capture, and begins one: theirs, who may not be there. */
export const OPEN_CAPTURE = 'mistudio:open-capture';
export const NEW_CAPTURE = 'mistudio:new-capture';

const id = {
  type: 'string',
  description: 'Id of a model or capture; left out: the selected one.'
} as const;

/** What commands take: an object, an object and where in it, a folder. */
export const ID = { args: { type: 'object', properties: { id } } } as const;
export const OPEN = {
  args: {
    type: 'object',
    properties: {
      id: {
        type: 'string',
        description: 'Id of a model; left out: the selected one.'
      },
      tab: {
        type: 'string',
        description: 'architecture, about, try or captures.'
      }
    }
  }
} as const;
export const PATH = {
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
