import type { Client } from '../../api/client';
import type { SampleHead } from '../../api/types';
import { PagedRows } from '../../ui/lines/pagedRows';
import type { ISampleRows } from './rows';

/** Characters of each text that fit on a line of the browser. */
export const HEAD = 240;

/** All samples of a dataset, read page by page as somebody looks at them. */
export class AllSamples extends PagedRows<SampleHead> implements ISampleRows {
  constructor(
    private readonly client: Client,
    private readonly dataset: string
  ) {
    super();
  }

  head(index: number): SampleHead | null {
    return this.at(index);
  }

  protected async ask(
    offset: number,
    limit: number
  ): Promise<{ rows: SampleHead[]; total: number }> {
    const { samples, total } = await this.client.get('/datasets/{id}/samples', {
      path: { id: this.dataset },
      query: { offset, limit, characters: HEAD }
    });
    return { rows: samples, total };
  }
}
