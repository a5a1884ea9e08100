import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { HandoffTarget } from './target';

interface IFakeContext {
  session: { kernel: { name: string; status: string } | null } | null;
  kernelChanged: Signal<object, void>;
  statusChanged: Signal<object, void>;
}

function contextWith(status: string | null): IFakeContext {
  const owner = {};
  return {
    session: status === null ? null : { kernel: { name: 'python3', status } },
    kernelChanged: new Signal(owner),
    statusChanged: new Signal(owner)
  };
}

function targetOf(context: IFakeContext) {
  const panel = { title: { label: 'a.ipynb' }, sessionContext: context };
  const currentChanged = new Signal<object, object>({});
  const tracker = {
    currentWidget: panel,
    currentChanged,
    find: (test: (each: object) => boolean) => [panel].find(test)
  };
  const target = new HandoffTarget({
    notebooks: tracker as never,
    consoles: null,
    shell: null,
    trans: nullTranslator.load('')
  });
  const told: (string | null)[] = [];
  target.changed.connect(() => told.push(target.sendBlocked()));
  return { target, told, arrive: () => currentChanged.emit(panel) };
}

describe('the target', () => {
  it('says when its kernel comes and goes, and nothing of its work', () => {
    const context = contextWith(null);
    const { told, arrive } = targetOf(context);
    arrive();
    context.session = { kernel: { name: 'python3', status: 'starting' } };
    context.kernelChanged.emit();
    for (const status of ['idle', 'busy', 'idle']) {
      context.session = { kernel: { name: 'python3', status } };
      context.statusChanged.emit();
    }
    context.session = { kernel: { name: 'python3', status: 'dead' } };
    context.statusChanged.emit();
    expect(told).toEqual([
      expect.stringContaining('no kernel'),
      null,
      expect.stringContaining('dead')
    ]);
  });
});
