import type { TranslationBundle } from '@jupyterlab/translation';
import type { Title, Widget } from '@lumino/widgets';
import type { JobsModel } from './model';

const ATTRIBUTE = 'mistudio-badge';

/** The number of running jobs, on the tab of the sidebar. */
export function showBadge(
  title: Title<Widget>,
  model: JobsModel,
  trans: TranslationBundle
): void {
  const plain = title.caption;
  let shown = 0;
  model.changed.connect(() => {
    const count = model.running.length;
    if (count === shown) {
      return;
    }
    shown = count;
    const { [ATTRIBUTE]: _, ...others } = title.dataset;
    title.dataset = count ? { ...others, [ATTRIBUTE]: String(count) } : others;
    title.caption = count
      ? trans._n('%2 (%1 running)', '%2 (%1 running)', count, plain)
      : plain;
  });
}
