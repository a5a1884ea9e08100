import { Notification } from '@jupyterlab/apputils';
import type { Client } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { LogLine } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import { saveFile } from '../../ui/download';
import { timestamp } from '../../ui/format';

const PAGE = 10_000;

/** Hand the reader the whole log of a job as a file. */
export async function downloadLog(
  studio: IMiStudio,
  id: string
): Promise<void> {
  try {
    const text = await wholeLog(studio.client, id);
    saveFile(`${id}.log`, new Blob([text], { type: 'text/plain' }));
  } catch (thrown) {
    const { message, hint } = ApiError.from(thrown);
    Notification.error(`${message} ${hint}`.trim());
  }
}

/** All lines of a log as text. */
export async function wholeLog(client: Client, id: string): Promise<string> {
  const all: LogLine[] = [];
  for (;;) {
    const { lines, total } = await client.get('/jobs/{id}/log', {
      path: { id },
      query: { since: all.length, limit: PAGE }
    });
    all.push(...lines);
    if (!lines.length || all.length >= total) {
      break;
    }
  }
  return all
    .map(line => `${timestamp(line.time)} ${line.level} ${line.text}\n`)
    .join('');
}
