import * as React from 'react';
import type { Answer } from '../../ui/answer';

const PAUSE = 5000;

/** Ask when it is shown, when `moment` is another one, and now and then while something goes on and somebody sees it. */
export function useKeepAsking<T>(
  answer: Answer<T>,
  node: React.RefObject<HTMLElement>,
  moment: string,
  goesOn: boolean
): void {
  React.useEffect(() => {
    void answer.ask();
    if (!goesOn) {
      return;
    }
    const timer = setInterval(() => {
      if (node.current?.offsetWidth && !answer.isBusy) {
        void answer.ask();
      }
    }, PAUSE);
    return () => clearInterval(timer);
  }, [answer, node, moment, goesOn]);
}
