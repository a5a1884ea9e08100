"""A job whose lane is killed (-9) at a random moment and that goes on: what must hold, whatever the job."""

from __future__ import annotations

import os
import random
import signal
import time

from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.records import get_job, list_jobs
from mistudio_ext.jobs.schema import ListJobs
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting


def kill_and_resume(ws: Workspace, id: str, seed: int) -> None:
    """Kill the job's lane somewhere on its way, look at what is told, and let the job go on to its end."""
    kill_on_the_way(ws, id, random.Random(seed))
    told_truly(ws, id)
    resume_to_the_end(ws, id)


def resume_to_the_end(ws: Workspace, id: str) -> None:
    assert perform(ws, resume_job, id).state in ("queued", "running")
    job = waiting.for_job(ws, id)
    assert job.state == "succeeded", job
    assert job.attempt == 2


def kill_on_the_way(ws: Workspace, id: str, chance: random.Random) -> None:
    """A share of the work and some milliseconds: as random on a slow machine as on a fast one."""
    share, more = chance.uniform(-0.2, 0.8), chance.uniform(0, 0.1)

    def far_enough() -> bool:
        job = get_job(ws, id)
        assert job.state in ("queued", "running"), f"the kill came too late: {job}"
        return job.pid is not None and (job.progress.total or 0) * share <= job.progress.done

    waiting.until(far_enough, "the job to come far enough")
    time.sleep(more)
    pid = get_job(ws, id).pid
    assert pid, "the kill came too late"
    os.kill(pid, signal.SIGKILL)


def told_truly(ws: Workspace, id: str) -> None:
    """Within five seconds, and without a server, whoever looks is told."""
    waiting.until(lambda: get_job(ws, id).state == "interrupted", "the truth", seconds=5)
    job = next(each for each in list_jobs(ws, ListJobs()).jobs if each.id == id)
    assert job.state == "interrupted"
    assert job.reason
    assert job.pid is None
    assert job.controls["resume"] is None
