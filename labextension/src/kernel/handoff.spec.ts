import { Notification, type ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { KernelHandoff } from './handoff';
import { HandoffTarget } from './target';

const NOTEBOOK = 'a.ipynb';
const stories = {
  kind: 'dataset',
  id: 'ds_1',
  name: 'stories',
  detail: '3 samples'
};

type Answer = {
  status: string;
  data?: Record<string, string>;
  ename?: string;
  evalue?: string;
};

interface IFake {
  status?: string;
  language?: string;
  subshells?: boolean;
  answer?: Answer | Error;
}

class FakeKernel {
  constructor(private readonly fake: IFake) {
    this.status = fake.status ?? 'idle';
    this.supportsSubshells = fake.subshells ?? false;
  }
  readonly name = 'python3';
  readonly status: string;
  readonly supportsSubshells: boolean;
  readonly requests: string[] = [];
  readonly shells: (string | null)[] = [];
  readonly deleted: string[] = [];
  subshellId: string | null = null;
  get info() {
    return Promise.resolve({
      language_info: { name: this.fake.language ?? 'python' }
    });
  }
  requestExecute(content: {
    code: string;
    silent: boolean;
    user_expressions: { bound: string };
  }) {
    expect(content).toMatchObject({ code: '', silent: true });
    this.requests.push(content.user_expressions.bound);
    this.shells.push(this.subshellId);
    const { answer } = this.fake;
    const bound = answer ?? {
      status: 'ok',
      data: { 'text/plain': "['stories_2']" }
    };
    return {
      done:
        bound instanceof Error
          ? Promise.reject(bound)
          : Promise.resolve({
              content: { status: 'ok', user_expressions: { bound } }
            })
    };
  }
  requestCreateSubshell() {
    return { done: Promise.resolve({ content: { subshell_id: 'sub' } }) };
  }
  requestDeleteSubshell({ subshell_id: id }: { subshell_id: string }) {
    this.deleted.push(id);
    return { done: Promise.resolve() };
  }
  clone() {
    const clone = new FakeKernel(this.fake);
    Object.assign(clone, { requests: this.requests, shells: this.shells });
    return clone;
  }
  dispose() {}
}

function handoffTo(kernel: FakeKernel | null, spec = 'python') {
  const context = {
    ready: Promise.resolve(),
    session: kernel && {
      kernel: kernel as unknown as Kernel.IKernelConnection
    },
    specsManager: { specs: { kernelspecs: { python3: { language: spec } } } }
  } as unknown as ISessionContext;
  const panel = { title: { label: NOTEBOOK }, sessionContext: context };
  const tracker = {
    currentWidget: panel,
    currentChanged: new Signal<object, null>({}),
    find: () => undefined
  };
  const trans = nullTranslator.load('');
  const target = new HandoffTarget({
    notebooks: tracker as never,
    consoles: null,
    shell: null,
    trans
  });
  const handoff = new KernelHandoff({
    target,
    trans,
    workspace: () => null,
    terminalAt: () => null
  });
  handoff.register({ kind: 'dataset', noun: 'dataset', getter: 'dataset' });
  return handoff;
}

describe('sending to a kernel', () => {
  const told: string[] = [];
  beforeEach(() => {
    told.length = 0;
    const tell = (message: string) => {
      told.push(message);
      return 'id';
    };
    vi.spyOn(Notification, 'success').mockImplementation(tell);
    vi.spyOn(Notification, 'error').mockImplementation(tell);
    vi.spyOn(Notification, 'emit').mockImplementation(tell);
    vi.spyOn(Notification, 'update').mockImplementation(({ message }) => {
      told.push(message ?? '');
      return true;
    });
    vi.spyOn(Notification, 'dismiss').mockImplementation(() => {});
  });

  it('binds a free name and says which', async () => {
    const kernel = new FakeKernel({});
    expect(await handoffTo(kernel).send([stories])).toEqual(['stories_2']);
    expect(kernel.requests).toHaveLength(1);
    expect(kernel.requests[0]).toContain('"names": ["stories"]');
    expect(kernel.requests[0]).toContain('("dataset", "ds_1")');
    expect(told).toEqual(['stories is now stories_2 in a.ipynb.']);
  });

  it('uses a shell of its own beside a busy one, and clears it away', async () => {
    const kernel = new FakeKernel({ status: 'busy', subshells: true });
    expect(await handoffTo(kernel).send([stories])).toEqual(['stories_2']);
    expect(kernel.shells).toEqual(['sub']);
    expect(kernel.deleted).toEqual(['sub']);
  });

  it('waits in the queue of a busy kernel without subshells, and says so', async () => {
    const kernel = new FakeKernel({ status: 'busy' });
    expect(await handoffTo(kernel).send([stories])).toEqual(['stories_2']);
    expect(kernel.shells).toEqual([null]);
    expect(told[0]).toContain('busy');
    expect(told[1]).toContain('stories_2');
  });

  it('shows the line to install where the package is missing', async () => {
    const answer = { status: 'ok', data: { 'text/plain': 'None' } };
    expect(await handoffTo(new FakeKernel({ answer })).send([stories])).toEqual(
      []
    );
    expect(told[0]).toContain('%pip install mistudio-ext');
  });

  it('says what Python said', async () => {
    const answer = { status: 'error', ename: 'NotFound', evalue: 'no ds_1' };
    expect(await handoffTo(new FakeKernel({ answer })).send([stories])).toEqual(
      []
    );
    expect(told).toEqual(['NotFound: no ds_1']);
  });

  it('says when the kernel went away meanwhile', async () => {
    const answer = new Error('Canceled future');
    expect(await handoffTo(new FakeKernel({ answer })).send([stories])).toEqual(
      []
    );
    expect(told[0]).toContain('stopped before it could answer');
  });

  it.each(['dead', 'restarting', 'autorestarting'])(
    'asks nothing of a %s kernel',
    async status => {
      const kernel = new FakeKernel({ status });
      expect(await handoffTo(kernel).send([stories])).toEqual([]);
      expect(kernel.requests).toEqual([]);
      expect(told[0]).toContain(status === 'dead' ? 'dead' : 'restarting');
    }
  );

  it('says that there is no kernel', async () => {
    const handoff = handoffTo(null);
    expect(handoff.sendBlocked()).toContain('no kernel');
    expect(await handoff.send([stories])).toEqual([]);
  });

  it('sends to Python only, whether the spec or the kernel says what it is', async () => {
    expect(handoffTo(new FakeKernel({}), 'R').sendBlocked()).toContain(
      'Python only'
    );
    const kernel = new FakeKernel({ language: 'julia' });
    expect(await handoffTo(kernel).send([stories])).toEqual([]);
    expect(kernel.requests).toEqual([]);
  });
});
