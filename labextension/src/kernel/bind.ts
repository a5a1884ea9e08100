import type { Kernel } from '@jupyterlab/services';
import type { ICall } from './objectCode';
import { pythonString } from './text';
import type { IObjectPart } from './tokens';

/**
 * Gives each object a free name in the user's namespace.
 *
 * It runs in a namespace of its own, so that nothing else of it stays, and as one
 * request, so that no name can be taken between looking and binding.
 */
const PROGRAM = `
import importlib
try:
    ms = importlib.import_module("mistudio_ext")
except ModuleNotFoundError as error:
    if error.name != "mistudio_ext":
        raise
    bound = None
else:
    home = ms if path is None else ms.open(path)
    bound = []
    for name, (getter, id, *parts) in zip(names, calls):
        handle = getattr(home, getter)(id)
        for method, numbers in parts:
            handle = getattr(handle, method)(**numbers)
        free, number = name, 1
        while free in space:
            number += 1
            free = f"{name}_{number}"
        space[free] = handle
        bound.append(free)
`;

/** The kernel's Python lacks our package. */
export class PackageMissing extends Error {}

/** The kernel has the package, and still the objects could not be fetched. */
export class KernelRefused extends Error {}

/** Bind the objects in the kernel; answers the names that they got. */
export async function bind(
  kernel: Pick<Kernel.IKernelConnection, 'requestExecute'>,
  calls: readonly ICall[],
  path: string | null
): Promise<string[]> {
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    stop_on_error: false,
    user_expressions: { bound: bindingExpression(calls, path) }
  });
  const { content } = await future.done;
  if (content.status !== 'ok') {
    throw new KernelRefused(
      content.status === 'error'
        ? `${content.ename}: ${content.evalue}`
        : content.status
    );
  }
  return namesIn(content.user_expressions['bound']);
}

/** One Python expression that binds all and tells the names. */
export function bindingExpression(
  calls: readonly ICall[],
  path: string | null
): string {
  const names = calls.map(({ variable }) => pythonString(variable)).join(', ');
  const wanted = calls
    .map(
      ({ getter, id, part }) =>
        `(${pythonString(getter)}, ${pythonString(id)}${part ? `, ${partOf(part)}` : ''})`
    )
    .join(', ');
  const given = [
    '"space": globals()',
    `"path": ${path === null ? 'None' : pythonString(path)}`,
    `"names": [${names}]`,
    `"calls": [${wanted}]`
  ].join(', ');
  return `(lambda given: (exec(${pythonString(PROGRAM)}, given), given["bound"])[1])({${given}})`;
}

function partOf({ method, numbers }: IObjectPart): string {
  const given = Object.entries(numbers)
    .map(([name, each]) => `${pythonString(name)}: ${each}`)
    .join(', ');
  return `(${pythonString(method)}, {${given}})`;
}

/** On a busy kernel, a shell beside the one that is at work answers at once. */
export async function inSubshell<T>(
  kernel: Kernel.IKernelConnection,
  run: (shell: Kernel.IKernelConnection) => Promise<T>
): Promise<T> {
  const created = await kernel.requestCreateSubshell({}).done;
  const { subshell_id: id } = created.content;
  const shell = kernel.clone({ handleComms: false });
  shell.subshellId = id;
  try {
    return await run(shell);
  } finally {
    shell.dispose();
    void kernel.requestDeleteSubshell({ subshell_id: id });
  }
}

interface IExpressionResult {
  status?: string;
  data?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
}

/** The reply's text is what Python's `repr` writes: `None`, or a list of identifiers. */
function namesIn(result: unknown): string[] {
  const { status, data, ename, evalue } = (result ?? {}) as IExpressionResult;
  if (status !== 'ok') {
    throw new KernelRefused([ename, evalue].filter(Boolean).join(': '));
  }
  const text = String(data?.['text/plain'] ?? '');
  if (text === 'None') {
    throw new PackageMissing();
  }
  return Array.from(text.matchAll(/'(\w+)'/g), match => match[1]);
}
