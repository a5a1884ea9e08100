import * as React from 'react';
import type { Job } from '../api/types';
import { useTrans } from '../ui/hooks';
import { logIcon } from '../ui/icons';
import { ObjectRow, type IRowAction } from '../ui/objectRow';
import { jobState } from '../ui/stateChip';
import { ACTIONS, actionsOf } from './actions';
import type { JobsDesk } from './desk';
import { isAlive } from './order';
import {
  actionWord,
  chipLabel,
  jobDetails,
  jobFacts,
  jobReason
} from './words';

/** One job: what it does, how it stands, what can be done with it. */
export function JobRow(props: {
  job: Job;
  desk: JobsDesk;
  position: number;
  setSize: number;
}): JSX.Element {
  const { job, desk } = props;
  const { view } = desk;
  const trans = useTrans();
  const open = view.isOpen(job.id);
  const actions: IRowAction[] = actionsOf(job).map(action => ({
    id: action,
    label: actionWord(action, trans),
    icon: ACTIONS[action],
    reason: desk.refusal(job, action),
    run: () => void desk.act(job, action)
  }));
  actions.push({
    id: 'log',
    label: trans.__('Open log'),
    icon: logIcon,
    run: () => desk.openLog(job.id)
  });
  return (
    <>
      <ObjectRow
        id={job.id}
        name={job.label}
        state={jobState(job)}
        stateLabel={chipLabel(job)}
        reason={jobReason(job, trans)}
        facts={jobFacts(job, trans)}
        progress={isAlive(job) ? job.progress : null}
        actions={actions}
        selected={view.selected === job.id}
        position={props.position}
        setSize={props.setSize}
        expanded={open}
        onExpand={wanted => view.setOpen(job.id, wanted)}
        onOpen={() => desk.openLog(job.id)}
        onSelect={() => view.select(job.id)}
      />
      {open && <JobDetails job={job} desk={desk} />}
    </>
  );
}

function JobDetails(props: { job: Job; desk: JobsDesk }): JSX.Element {
  const { job, desk } = props;
  const trans = useTrans();
  const reason = jobReason(job, trans);
  return (
    <div className="jp-mistudio-Details" role="none">
      {reason && <p className="jp-mistudio-Details-reason">{reason}</p>}
      <dl>
        <dt>{trans.__('Object')}</dt>
        <dd>
          {desk.canOpenObject(job) ? (
            <button
              type="button"
              className="jp-mistudio-Link"
              onClick={() => desk.openObject(job)}
            >
              {job.object}
            </button>
          ) : (
            job.object
          )}
        </dd>
        {jobDetails(job, trans).map(({ name, value, more }) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd title={more}>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}
