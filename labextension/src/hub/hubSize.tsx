import { Button } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ApiError } from '../api/errors';
import type { CheckHub, HubCheck } from '../api/types';
import type { IMiStudio } from '../tokens';
import { bytes, exact } from '../ui/format';
import { ErrorNote } from '../ui/notes';

/** How much a repository holds, said before anything of it is fetched. */
export function HubSize(props: {
  studio: IMiStudio;
  question: Partial<CheckHub>;
}): JSX.Element {
  const { studio, question } = props;
  const { trans } = studio;
  const asked = `${question.hub}@${question.revision ?? ''}`;
  const [found, setFound] = React.useState<{
    asked: string;
    answer: HubCheck | ApiError | null;
  } | null>(null);
  const latest = found?.asked === asked ? found : null;
  const look = async () => {
    setFound({ asked, answer: null });
    const answer = await studio.client
      .post('/hub/check', { body: question })
      .catch(thrown => ApiError.from(thrown));
    // Of another repository that is asked about by now, its own answer counts.
    setFound(now => (now?.asked === asked ? { asked, answer } : now));
  };
  const answer = latest?.answer ?? null;
  return (
    <div className="jp-mistudio-HubSize">
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled"
          small
          disabled={!question.hub || latest?.answer === null}
          onClick={() => void look()}
        >
          {trans.__('Look how large it is')}
        </Button>
      </div>
      {answer instanceof ApiError && <ErrorNote error={answer} />}
      <p role="status">
        {latest?.answer === null && trans.__('Asking the hub…')}
        {answer && !(answer instanceof ApiError) && sizeWords(answer, trans)}
      </p>
    </div>
  );
}

function sizeWords(answer: HubCheck, trans: TranslationBundle): string {
  const { files, bytes: size, commit } = answer;
  return trans._n(
    '%2 file of %3 in all, at commit %4. Only what is needed is downloaded.',
    '%2 files of %3 in all, at commit %4. Only what is needed is downloaded.',
    files ?? 0,
    exact(files),
    bytes(size),
    commit?.slice(0, 8) ?? ''
  );
}
