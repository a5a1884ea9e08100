import type { Client } from '../../api/client';
import type { MetricsPage, Training } from '../../api/types';
import { csvCell } from '../../ui/charts/chartData';
import { saveFile } from '../../ui/download';

/** So many rows at once, that the server thins none of them out. */
const PAGE = 10_000;

interface IWhole {
  sae: number;
  title: string;
  steps: number[];
  columns: Record<string, (number | null)[]>;
}

/** Hand the reader every number that was noted while training, of all SAEs. */
export async function downloadMetrics(
  client: Client,
  training: Training,
  format: 'csv' | 'json'
): Promise<void> {
  const all: IWhole[] = [];
  for (
    let sae = 0;
    sae < Math.max(1, training.facts?.saes.length ?? 1);
    sae++
  ) {
    all.push(await wholeOf(client, training, sae));
  }
  const text =
    format === 'csv'
      ? csvOf(all)
      : JSON.stringify({ training: training.id, saes: all });
  const type = format === 'csv' ? 'text/csv' : 'application/json';
  saveFile(`${training.id}.${format}`, new Blob([text], { type }));
}

export async function wholeOf(
  client: Client,
  training: Training,
  sae: number
): Promise<IWhole> {
  const { id, metrics_every: every, facts } = training;
  const whole: IWhole = {
    sae,
    title: facts?.saes[sae]?.title ?? '',
    steps: [],
    columns: {}
  };
  for (let first = 0; ; first += PAGE * every) {
    const page = await client.get('/trainings/{id}/metrics', {
      path: { id },
      query: {
        variant: sae,
        first,
        last: first + PAGE * every - 1,
        // The last step of a run is noted wherever it falls.
        points: 2 * PAGE
      }
    });
    append(whole, page);
    if (page.last === null || page.last < first + PAGE * every) {
      return whole;
    }
  }
}

function append(whole: IWhole, page: MetricsPage): void {
  for (const [name, values] of Object.entries(page.columns)) {
    (whole.columns[name] ??= []).push(...values);
  }
  whole.steps.push(...page.steps);
}

export function csvOf(all: readonly IWhole[]): string {
  const names = Object.keys(all[0]?.columns ?? {});
  const head = ['sae', 'title', 'step', ...names];
  const rows = all.flatMap(({ sae, title, steps, columns }) =>
    steps.map((step, at) => [
      sae,
      title,
      step,
      ...names.map(name => columns[name][at])
    ])
  );
  return [head, ...rows]
    .map(row => row.map(csvCell).join(',') + '\r\n')
    .join('');
}
