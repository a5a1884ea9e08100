import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import {
  freeName,
  markdownText,
  oneLine,
  pythonString,
  variableName
} from './text';
import type { IObjectForm, IObjectPart, IStudioObject } from './tokens';

/** An object with the code that fetches it. */
export interface ICall {
  readonly variable: string;
  /** `dataset` and `ds_7f3k9q2a`: what to ask the workspace for. */
  readonly getter: string;
  readonly id: string;
  readonly part?: IObjectPart;
}

/** Turns objects into code, by the forms that the domains registered. */
export class ObjectCode {
  /** `workspace` gives the path of the workspace where a kernel would not find it by itself, else null. */
  constructor(private readonly workspace: () => string | null) {}

  register(form: IObjectForm): IDisposable {
    if (this.forms.has(form.kind)) {
      throw new Error(`There is a form for “${form.kind}” already.`);
    }
    this.forms.set(form.kind, form);
    return new DisposableDelegate(() => this.forms.delete(form.kind));
  }

  /** What to call on the workspace, and a variable of its own for each. */
  calls(objects: readonly IStudioObject[]): ICall[] {
    const taken = new Set<string>();
    return objects.map(object => {
      const form = this.form(object);
      const variable = freeName(variableName(object.name, form.noun), taken);
      taken.add(variable);
      const { id, part } = object;
      return { variable, getter: form.getter, id, ...(part && { part }) };
    });
  }

  /** Lines that run as they are. */
  lines(objects: readonly IStudioObject[]): string {
    const path = this.workspace();
    const head = ['import mistudio_ext as ms', ''];
    if (path !== null) {
      head.push(`ws = ms.open(${pythonString(path)})`);
    }
    const home = path === null ? 'ms' : 'ws';
    const body = this.calls(objects).map(
      (each, at) =>
        `${each.variable} = ${home}.${source(each)}  # ${this.comment(objects[at])}`
    );
    return [...head, ...body].join('\n');
  }

  /** The same within a line that is there already; it needs `ms`. */
  expression(objects: readonly IStudioObject[]): string {
    const path = this.workspace();
    const home = path === null ? 'ms' : `ms.open(${pythonString(path)})`;
    return this.calls(objects)
      .map(each => `${home}.${source(each)}`)
      .join(', ');
  }

  /** What the objects are, in words for people. */
  markdown(objects: readonly IStudioObject[]): string {
    if (objects.length === 1) {
      const [object] = objects;
      return `**${markdownText(object.name)}** (${this.form(object).noun} \`${plainId(object)}\`: ${markdownText(object.detail)})`;
    }
    const rows = objects.map(
      object =>
        `| ${markdownText(object.name)} | ${this.form(object).noun} | \`${plainId(object)}\` | ${markdownText(object.detail)} |`
    );
    return [
      '| Name | Kind | Id | |',
      '| --- | --- | --- | --- |',
      ...rows,
      ''
    ].join('\n');
  }

  ids(objects: readonly IStudioObject[]): string {
    return objects.map(plainId).join(' ');
  }

  /** The folder that a kernel must be told of, else null. */
  path(): string | null {
    return this.workspace();
  }

  private comment(object: IStudioObject): string {
    const detail = oneLine(object.detail, 60);
    return detail ? `${oneLine(object.name)}: ${detail}` : oneLine(object.name);
  }

  private form(object: IStudioObject): IObjectForm {
    const form = this.forms.get(object.kind);
    if (!form) {
      throw new Error(`No form is registered for “${object.kind}”.`);
    }
    return form;
  }

  private readonly forms = new Map<string, IObjectForm>();
}

function source({ getter, id, part }: ICall): string {
  const whole = `${getter}(${pythonString(id)})`;
  const numbers = Object.entries(part?.numbers ?? {})
    .map(([name, each]) => `${name}=${each}`)
    .join(', ');
  return part ? `${whole}.${part.method}(${numbers})` : whole;
}

/** Ids are short and typed; whatever else stands in one is left out before it reaches a terminal. */
function plainId(object: IStudioObject): string {
  return object.id.replace(/[^\w./@-]/g, '');
}
