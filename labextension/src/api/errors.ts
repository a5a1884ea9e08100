import type { TranslationBundle } from '@jupyterlab/translation';
import type { ErrorForm } from './types';

/** What went wrong in a person's words, and what to do about it. */
export class ApiError extends Error {
  constructor(options: ApiError.IOptions) {
    super(options.message);
    this.name = 'ApiError';
    this.hint = options.hint;
    this.code = options.code;
    this.field = options.field ?? undefined;
    this.status = options.status;
    this.requestId = options.requestId;
  }

  readonly hint: string;
  readonly code: string;
  readonly field?: string;
  /** The HTTP status; 0 where no answer came at all. */
  readonly status: number;
  /** Finds this request in the server's log. */
  readonly requestId?: string;

  /** Whether the server does not answer, as opposed to refusing. */
  get isConnection(): boolean {
    return this.code === 'unreachable' || this.code === 'server_missing';
  }

  /** Whatever was thrown, as an error that can be shown. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) {
      return thrown;
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ApiError({ message, hint: '', code: 'page', status: 0 });
  }
}

export namespace ApiError {
  export interface IOptions {
    message: string;
    hint: string;
    code: string;
    field?: string | null;
    status: number;
    requestId?: string;
  }
}

/** The server did not answer at all. */
export function unreachable(trans: TranslationBundle): ApiError {
  return new ApiError({
    message: trans.__('The Jupyter server cannot be reached.'),
    hint: trans.__(
      'Look whether it still runs. This page reconnects by itself.'
    ),
    code: 'unreachable',
    status: 0
  });
}

/** The error that an answer of the server tells of. */
export async function errorOf(
  response: Response,
  trans: TranslationBundle
): Promise<ApiError> {
  const form = readForm(await response.text());
  const requestId =
    form?.error.request_id ?? response.headers.get('X-Request-Id') ?? undefined;
  const status = response.status;
  if (form) {
    const { code, hint, field } = form.error;
    return new ApiError({
      message: form.message,
      hint,
      code,
      field,
      status,
      requestId
    });
  }
  if (status === 404) {
    // Our handlers answer every address below the prefix in our own form.
    return new ApiError({
      message: trans.__('The Jupyter server does not have miStudio.'),
      hint: trans.__(
        'Run “jupyter server extension enable mistudio_ext” where the server runs, and restart it.'
      ),
      code: 'server_missing',
      status
    });
  }
  if (status === 502 || status === 503 || status === 504) {
    // A hub or proxy answers so while the server behind it is down.
    return unreachable(trans);
  }
  return new ApiError({
    message: trans.__('The server answered %1.', status),
    hint: trans.__('Try again; the server’s log may say more.'),
    code: `http_${status}`,
    status,
    requestId
  });
}

function readForm(text: string): ErrorForm | null {
  try {
    const form: Partial<ErrorForm> = JSON.parse(text);
    return typeof form.message === 'string' && form.error?.code
      ? (form as ErrorForm)
      : null;
  } catch {
    return null;
  }
}
