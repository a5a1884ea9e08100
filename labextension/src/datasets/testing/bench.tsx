// The datasets of a fake server on a desk, as the plugin lays it out.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';
import { EventStream } from '../../api/events';
import type { Dataset, Tokenization } from '../../api/types';
import { Memory } from '../../frame/memory';
import { MiStudio } from '../../frame/studio';
import type { IKernelHandoff, IStudioObject } from '../../kernel/tokens';
import { FakeServer, FakeSocket, refusal, turns } from '../../testing/server';
import { AddDocuments } from '../adding/addDocuments';
import { addCommands } from '../commands';
import { DatasetsDesk } from '../desk';
import { DatasetDocuments } from '../document/documents';
import { look } from './look';
import { dataset, tokenization } from './objects';

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

export class Bench {
  constructor(options: { files?: string[]; handoff?: null } = {}) {
    // jsdom has no layout; the virtual lists need some.
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(300);
    FakeSocket.all = [];
    const { server } = this;
    server.on('GET /datasets', () => ({ datasets: this.datasets }));
    server.on('GET /tokenizations', () => ({
      tokenizations: this.tokenizations
    }));
    server.on('POST /datasets/look', () => look());
    this.studio = new MiStudio({
      client: server.client,
      events: new EventStream({ client: server.client }),
      trans: nullTranslator.load('mistudio_ext'),
      memory: new Memory(null)
    });
    this.desk = new DatasetsDesk({
      studio: this.studio,
      commands: this.commands,
      handoff:
        options.handoff === null
          ? null
          : (this.handoff as unknown as IKernelHandoff)
    });
    this.documents = new DatasetDocuments(this.app, this.desk);
    const choose = () => Promise.resolve('/data/chosen.txt');
    addCommands(this.commands, this.desk, {
      documents: this.documents,
      adding: new AddDocuments(this.app, this.desk, choose),
      show: () => this.shown.push('panel'),
      files: options.files && {
        selected: () => options.files ?? [],
        choose
      }
    });
  }

  readonly server = new FakeServer();
  readonly commands = new CommandRegistry();
  readonly handoff = new FakeHandoff();
  readonly studio: MiStudio;
  readonly desk: DatasetsDesk;
  readonly documents: DatasetDocuments;
  /** What was brought to the front. */
  readonly shown: string[] = [];
  readonly widgets: Widget[] = [];
  datasets: Dataset[] = [
    dataset({ id: 'ds_2', name: 'notes' }),
    dataset({ tokenizations: 1 })
  ];
  tokenizations: Tokenization[] = [tokenization()];

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

  async load(): Promise<void> {
    // The first document must not come after the test that opened it.
    await import('../document/documentWidget');
    FakeSocket.last.say([], 0);
    await act(() => this.desk.model.refresh());
    this.server.asked.length = 0;
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
      this.desk.uploads.dispose();
      this.desk.model.dispose();
      this.studio.dispose();
    });
  }
}
