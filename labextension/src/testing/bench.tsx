// A desk of a fake server's objects, as a plugin lays it out.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';
import { EventStream } from '../api/events';
import { Memory } from '../frame/memory';
import { MiStudio } from '../frame/studio';
import type { IKernelHandoff, IStudioObject } from '../kernel/tokens';
import { FakeServer, FakeSocket, refusal, turns } from './server';

/** Notes what would go to a notebook. */
export class FakeHandoff implements Partial<IKernelHandoff> {
  readonly done: [what: string, ids: string[]][] = [];
  readonly selectedChanged = new Signal<IKernelHandoff, void>(
    this as unknown as IKernelHandoff
  );
  selected: readonly IStudioObject[] = [];
  blocked: string | null = null;

  insertBlocked = () => this.blocked;
  sendBlocked = () => this.blocked;
  select = (objects: readonly IStudioObject[]) => {
    this.selected = objects;
  };
  beginDrag = (_: unknown, objects: readonly IStudioObject[]) =>
    this.note('drag', objects);
  insert = async (objects: readonly IStudioObject[]) =>
    this.note('insert', objects);
  copy = async (objects: readonly IStudioObject[]) =>
    this.note('copy', objects);
  send = async (objects: readonly IStudioObject[]) => {
    this.note('send', objects);
    return [];
  };

  private note(what: string, objects: readonly IStudioObject[]): void {
    this.done.push([what, objects.map(each => each.id)]);
  }
}

/** The page around the objects of one kind. */
export class StudioBench {
  constructor(options: { handoff?: null } = {}) {
    // jsdom has no layout; the virtual lists need some.
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(300);
    FakeSocket.all = [];
    const { client } = this.server;
    this.studio = new MiStudio({
      client,
      events: new EventStream({ client }),
      trans: nullTranslator.load('mistudio_ext'),
      memory: new Memory(null)
    });
    this.deskOptions = {
      studio: this.studio,
      commands: this.commands,
      handoff:
        options.handoff === null
          ? null
          : (this.handoff as unknown as IKernelHandoff)
    };
  }

  readonly server = new FakeServer();
  readonly commands = new CommandRegistry();
  readonly handoff = new FakeHandoff();
  readonly studio: MiStudio;
  /** What a desk is made with. */
  readonly deskOptions;
  /** What was brought to the front. */
  readonly shown: string[] = [];
  readonly widgets: Widget[] = [];

  readonly app = {
    commands: this.commands,
    shell: {
      add: (widget: Widget) => {
        this.widgets.push(widget);
        Widget.attach(widget, document.body);
      },
      activateById: (id: string) => this.shown.push(id)
    }
  } as unknown as JupyterFrontEnd;

  /** Everything that was begun has come to its end. */
  settle(): Promise<void> {
    return act(turns);
  }

  /** The body of the last request that changed something. */
  get sent(): unknown {
    const { bodies } = this.server;
    return JSON.parse(String(bodies[bodies.length - 1]));
  }

  refuse(request: string): void {
    this.server.on(request, () => refusal(409, 'wrong'));
  }

  dispose(): void {
    act(() => {
      for (const widget of this.widgets) {
        widget.dispose();
      }
      this.studio.dispose();
    });
  }
}
