import * as React from 'react';
import { ApiError } from '../api/errors';
import type { CheckpointPlan, Training } from '../api/types';
import type { IMiStudio } from '../tokens';
import { exact } from '../ui/format';
import { askUntilDone } from '../ui/formDialog';
import type { FormValue } from '../ui/formSchema';
import { useTrans } from '../ui/hooks';
import { ErrorNote } from '../ui/notes';
import { SchemaForm } from '../ui/schemaForm';

/** Somebody still types. */
const WAIT = 300;

/** Which checkpoints shall stay; beside the question, which ones would go. */
export function askPrune(studio: IMiStudio, training: Training): Promise<void> {
  const { trans, client } = studio;
  return askUntilDone<FormValue>({
    studio,
    title: trans.__('Prune the checkpoints of “%1”', training.name),
    okLabel: trans.__('Prune'),
    first: { keep_every: training.keep_every },
    form: (value, onChange, error) => (
      <>
        <SchemaForm
          studio={studio}
          schema="KeepCheckpoints"
          autoFocus
          value={value}
          error={error}
          onChange={onChange}
        />
        <Plan studio={studio} training={training.id} value={value} />
      </>
    ),
    submit: async value => {
      await client.post('/trainings/{id}/checkpoints/prune', {
        path: { id: training.id },
        body: value
      });
    }
  });
}

/** What would go, and what would stay. */
function Plan(props: {
  studio: IMiStudio;
  training: string;
  value: FormValue;
}): JSX.Element | null {
  const trans = useTrans();
  const { client } = props.studio;
  const { training: id } = props;
  const every = props.value.keep_every as number | null | undefined;
  const [plan, setPlan] = React.useState<CheckpointPlan | null>(null);
  const [error, setError] = React.useState<ApiError | null>(null);
  React.useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      client
        .get('/trainings/{id}/checkpoints/prune-plan', {
          path: { id },
          query: { keep_every: every ?? undefined }
        })
        .then(
          found => {
            if (isWanted) {
              setPlan(found);
              setError(null);
            }
          },
          (thrown: unknown) => {
            if (isWanted) {
              setPlan(null);
              setError(ApiError.from(thrown));
            }
          }
        );
    }, WAIT);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, id, every]);
  if (error) {
    return <ErrorNote error={error} />;
  }
  const steps = (all: readonly number[]) =>
    all.length ? all.map(exact).join(', ') : trans.__('none');
  return (
    <div className="jp-mistudio-Prune" role="status">
      {plan && (
        <>
          <p>{plan.statement}</p>
          <p>{trans.__('Go: %1', steps(plan.drop))}</p>
          <p>{trans.__('Stay: %1', steps(plan.keep))}</p>
        </>
      )}
    </div>
  );
}
