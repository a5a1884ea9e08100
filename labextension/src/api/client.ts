import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { paths } from './contract';
import { ApiError, errorOf, unreachable } from './errors';

export { ApiError } from './errors';

/** Where our routes begin, below the server's base URL. */
export const PREFIX = 'mistudio/api';

/**
 * Our REST face, typed by the generated contract.
 *
 * It knows the prefix and the connection, nothing of what is asked.
 */
export class Client {
  constructor(
    readonly settings: ServerConnection.ISettings,
    trans?: TranslationBundle
  ) {
    this._trans = trans ?? nullTranslator.load('mistudio_ext');
  }

  get<P extends Client.Paths<'get'>>(
    path: P,
    options: Client.Asked<P, 'get'> = {}
  ): Promise<Client.Answer<P, 'get'>> {
    return this._ask(path, 'GET', options);
  }

  post<P extends Client.Paths<'post'>>(
    path: P,
    options: Client.Asked<P, 'post'> & { body?: Client.Body<P, 'post'> } = {}
  ): Promise<Client.Answer<P, 'post'>> {
    return this._ask(path, 'POST', options, JSON.stringify(options.body ?? {}));
  }

  patch<P extends Client.Paths<'patch'>>(
    path: P,
    options: Client.Asked<P, 'patch'> & { body: Client.Body<P, 'patch'> }
  ): Promise<Client.Answer<P, 'patch'>> {
    return this._ask(path, 'PATCH', options, JSON.stringify(options.body));
  }

  put<P extends Client.Paths<'put'>>(
    path: P,
    options: Client.Asked<P, 'put'> & { body: Blob | Client.Body<P, 'put'> }
  ): Promise<Client.Answer<P, 'put'>> {
    const { body } = options;
    const sent = body instanceof Blob ? body : JSON.stringify(body);
    return this._ask(path, 'PUT', options, sent);
  }

  delete<P extends Client.Paths<'delete'>>(
    path: P,
    options: Client.Asked<P, 'delete'> = {}
  ): Promise<Client.Answer<P, 'delete'>> {
    return this._ask(path, 'DELETE', options);
  }

  /** The contract's own document, which forms are made from. */
  document(): Promise<Client.IDocument> {
    return this._ask('/openapi.json', 'GET', {});
  }

  /** The address of a websocket below the prefix. */
  socketUrl(path: string, query: Client.Query): string {
    const { appendToken, token, wsUrl } = this.settings;
    const all = appendToken && token ? { ...query, token } : query;
    return URLExt.join(wsUrl, PREFIX, path) + queryText(all);
  }

  /** Where the browser itself gets a file, which sends no headers of ours. */
  address<P extends Client.Paths<'get'>>(
    path: P,
    options: Client.Asked<P, 'get'>
  ): string {
    const { appendToken, token } = this.settings;
    const query: Client.Query = { ...options.query };
    const cookie = /\b_xsrf=([^;]*)/.exec(document.cookie);
    return this._url(path, {
      ...options,
      query: {
        ...query,
        ...(cookie && { _xsrf: cookie[1] }),
        ...(appendToken && token && { token })
      }
    });
  }

  private _url(
    path: string,
    options: { path?: Client.Arguments; query?: Client.Query }
  ): string {
    const address = filled(path, options.path ?? {});
    return (
      URLExt.join(this.settings.baseUrl, PREFIX, address) +
      queryText(options.query ?? {})
    );
  }

  private async _ask<T>(
    path: string,
    method: string,
    options: { path?: Client.Arguments; query?: Client.Query },
    body?: string | Blob
  ): Promise<T> {
    const url = this._url(path, options);
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = body;
      const type = body instanceof Blob ? 'octet-stream' : 'json';
      init.headers = { 'Content-Type': `application/${type}` };
    }
    const response = await this._send(url, init);
    if (!response.ok) {
      throw await errorOf(response, this._trans);
    }
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private async _send(url: string, init: RequestInit): Promise<Response> {
    try {
      return await ServerConnection.makeRequest(url, init, this.settings);
    } catch (thrown) {
      if (thrown instanceof ServerConnection.NetworkError) {
        throw unreachable(this._trans);
      }
      throw ApiError.from(thrown);
    }
  }

  private readonly _trans: TranslationBundle;
}

function filled(path: string, values: Client.Arguments): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name]))
  );
}

function queryText(query: Client.Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each): [string, string] => [
        name,
        String(each)
      ])
    );
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
}

export namespace Client {
  type Verb = 'get' | 'post' | 'patch' | 'put' | 'delete';

  type Simple = string | number | boolean | null | undefined;
  export type Arguments = Record<string, string | number>;
  export type Query = Record<string, Simple | string[]>;

  /** The paths that have this verb. */
  export type Paths<V extends Verb> = {
    [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }>
      ? P
      : never;
  }[keyof paths];

  type Operation<P extends keyof paths, V extends Verb> = NonNullable<
    paths[P][V]
  >;

  type Parameters<O, Place extends string> = O extends {
    parameters: { [name in Place]?: infer X };
  }
    ? NonNullable<X>
    : never;

  /** The path's arguments and the query of an operation. */
  export interface Asked<P extends keyof paths, V extends Verb> {
    path?: Given<Loose<Parameters<Operation<P, V>, 'path'>>>;
    query?: Given<Parameters<Operation<P, V>, 'query'>>;
  }

  // Whatever is put into an address becomes text.
  type Loose<X> = [X] extends [never]
    ? never
    : { [K in keyof X]: string | number };

  // Operations without such parameters take none, and not just anything.
  type Given<X> = [X] extends [never] ? Record<string, never> : X;

  // The generator calls every field with a default required; in a request it is not.
  export type Body<P extends keyof paths, V extends Verb> =
    Operation<P, V> extends {
      requestBody: { content: { 'application/json': infer X } };
    }
      ? Partial<X>
      : Record<string, never>;

  type Success = 200 | 201 | 202;

  /** What a successful answer holds; nothing for those without content. */
  export type Answer<P extends keyof paths, V extends Verb> = AnswerOf<
    Operation<P, V>
  >;

  type AnswerOf<O> = O extends { responses: infer R }
    ? ContentOf<R[keyof R & Success]>
    : void;

  type ContentOf<S> = [S] extends [never]
    ? void
    : S extends { content: { 'application/json': infer X } }
      ? X
      : void;

  export interface IDocument {
    components: { schemas: Record<string, IJsonSchema> };
  }

  /** As much of JSON schema as our contract uses. */
  export interface IJsonSchema {
    [key: string]: unknown;
    title?: string;
    description?: string;
    type?: string;
    properties?: Record<string, IJsonSchema>;
    required?: string[];
    default?: unknown;
    anyOf?: IJsonSchema[];
    unit?: string;
    group?: string;
    onlyWhen?: string;
    known?: string[];
  }
}
