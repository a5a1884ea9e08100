import { Notification } from '@jupyterlab/apputils';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ApiError } from '../../api/errors';
import type { Model } from '../../api/types';
import type { IMiStudio } from '../../tokens';
import { Answer } from '../../ui/answer';
import { bytes } from '../../ui/format';
import { useModel, useTrans } from '../../ui/hooks';
import type { FormValue } from '../../ui/formSchema';
import { SchemaForm } from '../../ui/schemaForm';
import type { DatasetDocument } from '../document/documentModel';
import { FormPreview } from './formPreview';
import { isObject, TokenizerChoice } from './tokenizerChoice';

const OPTIONS = [
  'name',
  'max_length',
  'layout',
  'special_tokens',
  'eval_share',
  'padding',
  'truncation',
  'stride',
  'second',
  'attention_mask'
];
const OF_CONVERSATIONS = ['chat_template'];

/** How to tokenize, with the tokens before any work; what the server refuses is said at the field it speaks of. */
export function TokenizeForm(props: {
  document: DatasetDocument;
  value: FormValue;
}): JSX.Element {
  const trans = useTrans();
  const { document, value } = props;
  const { desk, id, dataset } = document;
  const [error, setError] = React.useState<ApiError | null>(null);
  const [isBusy, setBusy] = React.useState(false);
  const models = useModelsWithTokenizer(desk.studio);
  const change = (next: FormValue) => document.draft({ tokenize: next });
  const fields = [
    ...tokenizerFields(value.tokenizer),
    ...OPTIONS,
    ...(dataset?.facts?.conversations ? OF_CONVERSATIONS : [])
  ];
  const submit = async () => {
    const known = new Set(desk.model.tokenizations.map(each => each.id));
    setBusy(true);
    setError(null);
    try {
      const { object } = await desk.model.tokenize(id, value);
      document.draft({ tokenize: null, unfolded: object });
      if (known.has(object)) {
        Notification.info(
          trans.__('It was tokenized in just this way already.'),
          { autoClose: 5000 }
        );
      }
    } catch (thrown) {
      setError(ApiError.from(thrown));
      setBusy(false);
    }
  };
  return (
    <form
      className="jp-mistudio-TokenizeForm"
      aria-label={trans.__('New tokenization')}
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <TokenizerChoice
        tokenizations={desk.model.tokenizations}
        models={models}
        value={String(value.tokenizer ?? '')}
        disabled={isBusy}
        onChange={tokenizer => change({ ...value, tokenizer })}
      />
      <SchemaForm
        studio={desk.studio}
        schema="TokenizeDataset"
        fields={fields}
        value={value}
        error={error}
        disabled={isBusy}
        onChange={change}
      />
      <FormPreview document={document} value={value} />
      {dataset?.facts && (
        <p className="jp-mistudio-faint">
          {trans.__(
            'It will take about %1 of disk: an estimate, with four characters a token.',
            bytes(dataset.facts.characters)
          )}
        </p>
      )}
      <div className="jp-mistudio-buttons">
        <Button
          className="jp-mod-styled jp-mod-accept"
          type="submit"
          disabled={isBusy}
        >
          {trans.__('Tokenize')}
        </Button>
        <Button
          className="jp-mod-styled jp-mod-reject"
          type="button"
          onClick={() => document.draft({ tokenize: null })}
        >
          {trans.__('Not now')}
        </Button>
      </div>
    </form>
  );
}

/** Models that are there with a tokenizer; none where they cannot be asked for. */
function useModelsWithTokenizer({ client }: IMiStudio): Model[] {
  const all = useModel(
    React.useMemo(() => new Answer(() => client.get('/models')), [client])
  );
  React.useEffect(() => all.want(), [all]);
  return (
    all.value?.models.filter(
      each => each.state === 'ready' && each.facts?.tokenizer != null
    ) ?? []
  );
}

function tokenizerFields(tokenizer: unknown): string[] {
  if (isObject(tokenizer)) {
    return [];
  }
  const isOfHub = typeof tokenizer === 'string' && tokenizer.startsWith('hub:');
  return isOfHub ? ['tokenizer', 'revision'] : ['tokenizer'];
}

export function isTokenization(tokenizer: unknown): tokenizer is string {
  return typeof tokenizer === 'string' && tokenizer.startsWith('tk_');
}
