export namespace CommandIDs {
  export const open = 'mistudio:open-dataset';
  export const showPanel = 'mistudio:show-datasets';
  export const addPath = 'mistudio:add-dataset-path';
  export const addHub = 'mistudio:add-dataset-hub';
  export const upload = 'mistudio:upload-dataset';
  export const loadDemo = 'mistudio:load-demo';
  export const paste = 'mistudio:paste-dataset';
  export const addSelectedFiles = 'mistudio:add-selected-files';
  export const refresh = 'mistudio:refresh-datasets';
  export const selectAll = 'mistudio:select-all-datasets';
  export const tokenize = 'mistudio:tokenize-dataset';
  export const clean = 'mistudio:clean-dataset';
  export const arrange = 'mistudio:arrange-dataset';
  export const rename = 'mistudio:rename-dataset';
  export const remove = 'mistudio:delete-dataset';
  export const copyId = 'mistudio:copy-dataset-id';
  export const pause = 'mistudio:pause-dataset';
  export const resume = 'mistudio:resume-dataset';
  export const cancel = 'mistudio:cancel-dataset';
  export const retry = 'mistudio:retry-dataset';
}

const id = {
  type: 'string',
  description: 'Id of a dataset or tokenization; left out: the selected one.'
} as const;

/** What commands take: an object, an object and where in it. */
export const ID = { args: { type: 'object', properties: { id } } } as const;
export const ADD = {
  args: {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description: 'A file or folder on the server; left out: asks for it.'
      },
      draft: {
        type: 'string',
        description: 'What was asked for so far, as JSON.'
      },
      id: { type: 'string', description: 'Id of the document.' }
    }
  }
} as const;
export const OPEN = {
  args: {
    type: 'object',
    properties: {
      id,
      tab: {
        type: 'string',
        description:
          'samples, tokenizations, statistics, compare, preview, clean, arrange or about.'
      }
    }
  }
} as const;
