import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { serverRoot } from './places';

/** The tokenizer and the texts, in the folder that the server shows. */
export default function globalSetup(): void {
  prepare(path.join(serverRoot, 'files'));
}

export function prepare(files: string): void {
  execFileSync('python', [path.join(__dirname, 'prepare.py'), files], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
}
