export namespace CommandIDs {
  export const open = 'mistudio:open-capture';
  export const create = 'mistudio:new-capture';
  export const append = 'mistudio:append-capture';
  export const exportFiles = 'mistudio:export-capture';
  export const rename = 'mistudio:rename-capture';
  export const remove = 'mistudio:delete-capture';
  export const copyId = 'mistudio:copy-capture-id';
  export const pause = 'mistudio:pause-capture';
  export const resume = 'mistudio:resume-capture';
  export const cancel = 'mistudio:cancel-capture';
  export const retry = 'mistudio:retry-capture';
}

const id = {
  type: 'string',
  description:
    'Id of a capture; left out: the one that is selected or in front.'
} as const;

/** What commands take: a capture, a capture and where in it, what a new one begins with. */
export const ID = { args: { type: 'object', properties: { id } } } as const;
export const OPEN = {
  args: {
    type: 'object',
    properties: {
      id,
      tab: {
        type: 'string',
        description: 'statistics, vectors, append, export or about.'
      }
    }
  }
} as const;
export const CREATE = {
  args: {
    type: 'object',
    properties: {
      model: { type: 'string', description: 'Id of the model.' },
      tokenization: { type: 'string', description: 'Id of the tokenization.' },
      hooks: {
        type: 'array',
        items: { type: 'string' },
        description: 'Where the model is read, as in “layers.2-5.resid_post”.'
      },
      draft: {
        type: 'string',
        description: 'What was asked for so far, as JSON.'
      },
      document: { type: 'string', description: 'Id of the document.' }
    }
  }
} as const;
