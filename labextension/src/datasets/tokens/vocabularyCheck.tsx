import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { Tokenization, VocabularyCheck as Check } from '../../api/types';
import { useTrans } from '../../ui/hooks';
import { failedIcon, succeededIcon } from '../../ui/icons';
import { ErrorNote } from '../../ui/notes';
import type { DatasetDocument } from '../document/documentModel';

/** Whether a model knows all the tokens, asked before anything is done with it. */
export function VocabularyCheck(props: {
  document: DatasetDocument;
  tokenization: Tokenization;
}): JSX.Element {
  const trans = useTrans();
  const { document, tokenization } = props;
  const { checkedModel } = document.drafts;
  const id = React.useId();
  const [answer, setAnswer] = React.useState<Check | ApiError | null>(null);
  const run = async () => {
    try {
      setAnswer(
        await document.desk.studio.client.get(
          '/tokenizations/{id}/vocabulary-check',
          {
            path: { id: tokenization.id },
            query: { model: checkedModel.trim() }
          }
        )
      );
    } catch (thrown) {
      setAnswer(ApiError.from(thrown));
    }
  };
  const missing = checkedModel.trim()
    ? null
    : trans.__('Say which model first.');
  return (
    <form
      className="jp-mistudio-VocabularyCheck"
      aria-label={trans.__('Check with a model')}
      onSubmit={event => {
        event.preventDefault();
        if (missing === null) {
          void run();
        }
      }}
    >
      <label htmlFor={id}>{trans.__('Does it fit a model?')}</label>
      <div className="jp-mistudio-Choice">
        <input
          id={id}
          className="jp-mod-styled"
          placeholder={trans.__('Folder of the model, with its config.json')}
          value={checkedModel}
          onChange={event => {
            setAnswer(null);
            document.draft({ checkedModel: event.target.value });
          }}
        />
        <Button
          className="jp-mod-styled"
          type="submit"
          aria-disabled={missing !== null}
          title={missing ?? undefined}
        >
          {trans.__('Check')}
        </Button>
      </div>
      {answer instanceof ApiError && <ErrorNote error={answer} />}
      {answer && !(answer instanceof ApiError) && <Verdict check={answer} />}
    </form>
  );
}

function Verdict({ check }: { check: Check }): JSX.Element {
  const trans = useTrans();
  const Icon = check.fits ? succeededIcon.react : failedIcon.react;
  return (
    <p className="jp-mistudio-Verdict" role="status" data-fits={check.fits}>
      <Icon
        tag="span"
        title={check.fits ? trans.__('It fits.') : trans.__('It does not fit.')}
      />
      <span>{check.sentence}</span>
    </p>
  );
}
