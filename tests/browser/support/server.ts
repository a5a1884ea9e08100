import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { expect } from '@jupyterlab/galata';
import { serverRoot } from './places';

const HERE = path.join(__dirname, '..');

/** A server of a test's own, that it may stop, kill and start again. */
export class OwnServer {
  /** With these of the files that the tests work with. */
  static async create(names: string[]): Promise<OwnServer> {
    const root = mkdtempSync(path.join(tmpdir(), 'mistudio-own-'));
    for (const name of names) {
      const file = path.join('files', name);
      cpSync(path.join(serverRoot, file), path.join(root, file), {
        recursive: true
      });
    }
    return new OwnServer(root, await freePort());
  }

  private constructor(
    private readonly root: string,
    private readonly port: number
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const log = openSync(path.join(this.root, 'server.log'), 'a');
    this.process = spawn(
      'jupyter',
      ['lab', '--config', 'jupyter_server_test_config.py'],
      {
        cwd: HERE,
        env: {
          ...process.env,
          MISTUDIO_TEST_ROOT: this.root,
          MISTUDIO_TEST_PORT: String(this.port)
        },
        stdio: ['ignore', log, log]
      }
    );
    closeSync(log);
    await expect
      .poll(
        () =>
          fetch(`${this.url}/mistudio/api/system`).then(
            answer => answer.status,
            () => 0
          ),
        { timeout: 60_000 }
      )
      .toBe(200);
  }

  /** SIGTERM is an ordinary stop; SIGKILL is a machine's. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { process: server } = this;
    this.process = null;
    if (server && server.exitCode === null && server.signalCode === null) {
      const gone = new Promise(resolve => server.once('exit', resolve));
      server.kill(signal);
      await gone;
    }
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private process: ChildProcess | null = null;
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
