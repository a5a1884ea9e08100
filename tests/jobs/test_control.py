"""What a person may ask of a job, and what becomes of it when the lane has just done something else."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, NotFound
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.jobs.control import cancel_job, move_up_job, pause_job, resume_job, retry_job, save_job, stop_job
from mistudio_ext.jobs.controls import controls
from mistudio_ext.jobs.queue import JobKind
from mistudio_ext.jobs.records import get_job, latest_jobs, list_jobs
from mistudio_ext.jobs.schema import FINAL, STALLED_AFTER, Job, JobState, ListJobs
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued

STATES: tuple[JobState, ...] = (
    "queued", "running", "pausing", "paused", "stopping", "cancelling", "interrupted", "succeeded", "failed", "cancelled",
)  # fmt: skip
Wish = Callable[[Workspace, str], Job]
TRAIN = JobKind("training.train", "mistudio_ext.trainings.jobs:train", "io", stoppable=True)


def ended(ws: Workspace, state: JobState) -> str:
    claimed = queued.claim_of(ws, queued.job(ws))
    if state == "paused":
        pause_job(ws, claimed.id)
    queue.end(ws, claimed.id, state)
    claimed.lock.release()
    assert get_job(ws, claimed.id).state == state
    return claimed.id


def test_what_can_be_done_in_which_state() -> None:
    can = {
        "pause": {"queued", "running"},
        "resume": {"paused", "interrupted", "pausing"},
        "stop": {"running", "pausing"},
        "cancel": set(STATES) - {*FINAL, "cancelling"},
        "retry": {"failed", "cancelled"},
        "move_up": {"queued"},
    }
    for state in STATES:
        for action, reason in controls(state, pausable=True, stoppable=True).items():
            assert (reason is None) == (state in can[action]), (state, action, reason)


def test_what_a_kind_of_job_cannot() -> None:
    found = controls("running", pausable=False, stoppable=False)
    assert found["pause"] == "This kind of job cannot be paused."
    assert found["stop"]
    assert controls("queued", pausable=True, stoppable=True, next_in_line=True)["move_up"] == "It is the next one."


def test_the_controls_say_what_the_actions_do(ws: Workspace) -> None:
    id = queued.job(ws)
    assert get_job(ws, id).controls["resume"] == "It is not paused."
    with pytest.raises(Conflict, match=r"cannot resume: It is not paused\."):
        resume_job(ws, id)


def test_a_queued_job_rests_and_waits_again(ws: Workspace) -> None:
    id = queued.job(ws)
    assert pause_job(ws, id).state == "paused"
    assert queue.claim(ws, "io", "io-1", 1) is None
    assert resume_job(ws, id).state == "queued"
    assert queued.claim(ws).id == id


def test_a_running_job_is_asked_to_pause(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    job = pause_job(ws, claimed.id)
    assert (job.state, job.pid is not None) == ("pausing", True)
    queue.end(ws, claimed.id, "paused", reason="Paused.")
    job = get_job(ws, claimed.id)
    assert (job.state, job.pid, job.memory) == ("paused", None, None)


def test_resumed_while_it_pauses_it_goes_on(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    pause_job(ws, claimed.id)
    assert resume_job(ws, claimed.id).state == "running"
    # It had begun to save already: what was asked last counts, so it waits for a lane again.
    assert queue.end(ws, claimed.id, "paused", reason="Paused.") == "queued"
    claimed.lock.release()
    job = get_job(ws, claimed.id)
    assert (job.state, job.reason, job.ended) == ("queued", None, None)
    assert queued.claim(ws).attempt == 2


@pytest.mark.parametrize("state", ["paused", "interrupted"])
def test_cancelled_while_it_saves_it_is_cancelled(ws: Workspace, state: JobState) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    ws.scratch(claimed.id).mkdir()
    pause_job(ws, claimed.id)
    cancel_job(ws, claimed.id)
    assert queue.end(ws, claimed.id, state, reason="Paused.") == "cancelled"
    assert get_job(ws, claimed.id).reason == "Cancelled."
    assert not ws.scratch(claimed.id).exists()


def test_cancelled_with_a_lane_that_dies_it_is_cancelled(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    ws.scratch(claimed.id).mkdir()
    assert cancel_job(ws, claimed.id).state == "cancelling"
    claimed.lock.release()
    assert get_job(ws, claimed.id).state == "cancelled"
    assert not ws.scratch(claimed.id).exists()


@pytest.mark.parametrize("state", ["queued", "paused", "interrupted"])
def test_a_job_at_rest_is_cancelled_at_once(ws: Workspace, state: JobState) -> None:
    id = queued.job(ws) if state == "queued" else ended(ws, state)
    ws.scratch(id).mkdir()
    job = cancel_job(ws, id)
    assert job.state == "cancelled"
    assert job.ended
    assert not ws.scratch(id).exists()
    assert queue.claim(ws, "io", "io-1", 1) is None


@pytest.mark.parametrize("state", FINAL)
def test_an_end_is_final(ws: Workspace, state: JobState) -> None:
    id = ended(ws, state)
    for action in (pause_job, resume_job, stop_job, cancel_job, move_up_job):
        with pytest.raises(Conflict):
            action(ws, id)
    queue.end(ws, id, "interrupted", reason="Nobody may write this.")
    queue.bury_the_dead(ws)
    assert queue.claim(ws, "io", "io-1", 1) is None
    again = Workspace.open(ws.root)
    assert get_job(again, id).state == state
    assert not list_jobs(again, ListJobs(state="queued")).jobs


def test_retry_is_a_new_job_on_the_same_object(ws: Workspace) -> None:
    id = ended(ws, "failed")
    new = retry_job(ws, id)
    old = get_job(ws, id)
    assert (new.state, new.retry_of, new.object, new.params) == ("queued", id, old.object, old.params)
    assert old.state == "failed"
    assert latest_jobs(ws, [old.object])[old.object].id == new.id
    with pytest.raises(Conflict, match="tried again already"):
        retry_job(ws, id)


def test_what_was_deleted_cannot_be_tried_again(ws: Workspace) -> None:
    failed, resting = ended(ws, "failed"), ended(ws, "interrupted")
    for id in (failed, resting):
        ws.catalog.remove([get_job(ws, id).object])
    for action, id in ((retry_job, failed), (resume_job, resting)):
        with pytest.raises(Conflict, match="was deleted"):
            action(ws, id)


def test_moving_up(ws: Workspace) -> None:
    jobs = [queued.job(ws) for _ in range(3)]
    assert [get_job(ws, id).place for id in jobs] == [1, 2, 3]
    assert move_up_job(ws, jobs[2]).place == 1
    assert [get_job(ws, id).place for id in jobs] == [2, 3, 1]
    assert [queued.claim(ws).id for _ in jobs] == [jobs[2], jobs[0], jobs[1]]


def test_stop_keeps_what_there_is(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws, kind=TRAIN))
    assert stop_job(ws, claimed.id).state == "stopping"
    queue.end(ws, claimed.id, "succeeded", stopped_at_step=70)
    job = get_job(ws, claimed.id)
    assert (job.state, job.stopped_at_step) == ("succeeded", 70)


@pytest.mark.parametrize("wishes", [(save_job, pause_job), (pause_job, save_job), (save_job, stop_job), (stop_job, save_job)])
def test_what_is_saved_meanwhile_stands_beside_what_else_is_asked(ws: Workspace, wishes: tuple[Wish, Wish]) -> None:
    claimed = queued.claim_of(ws, queued.job(ws, kind=TRAIN))
    context = JobContext(ws, claimed.id, claimed.attempt, claimed.object)
    for each in wishes:
        each(ws, claimed.id)
    context.hear()
    assert context.should_save
    assert (context.should_pause, context.should_stop) == (pause_job in wishes, stop_job in wishes)
    context.saved()
    assert not context.should_save
    context.hear()
    assert (context.should_save, context.request) == (False, "pause" if pause_job in wishes else "stop")


def test_what_was_not_saved_before_a_rest_is_still_asked_for_after_it(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws, kind=TRAIN))
    pause_job(ws, claimed.id)
    save_job(ws, claimed.id)
    queue.end(ws, claimed.id, "paused")
    claimed.lock.release()
    with pytest.raises(Conflict, match="not running"):
        save_job(ws, claimed.id)
    resume_job(ws, claimed.id)
    again = queued.claim(ws)
    context = JobContext(ws, again.id, again.attempt, again.object)
    context.hear()
    assert (context.should_save, context.request) == (True, None)
    queue.end(ws, again.id, "succeeded")
    queue.sweep(ws)
    assert not ws.database.rows("SELECT * FROM saves")


def test_a_job_list_of_before_such_wishes_goes_on_being_used(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws, kind=TRAIN))
    with ws.database.change() as connection:
        connection.execute("DROP TABLE saves")
    old = Workspace.open(ws.root)
    assert save_job(old, claimed.id).state == "running"
    old.close()


def test_a_silent_job_is_stalled_and_not_dead(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    assert not get_job(ws, claimed.id).stalled
    with ws.database.change() as connection:
        connection.execute("UPDATE jobs SET heartbeat = ?", (time.time() - STALLED_AFTER - 1,))
    job = get_job(ws, claimed.id)
    assert (job.state, job.stalled) == ("running", True)


def test_a_clock_that_goes_back_changes_no_order(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    object = queued.dataset(ws)
    times = iter(range(2_000_000_000, 0, -1000))
    monkeypatch.setattr("mistudio_ext.jobs.queue.time.time", lambda: float(next(times)))
    jobs = [queued.job(ws, object) for _ in range(4)]
    assert all(get_job(ws, a).created > get_job(ws, b).created for a, b in pairwise(jobs))
    assert [each.id for each in list_jobs(ws, ListJobs()).jobs] == jobs
    assert latest_jobs(ws, [object])[object].id == jobs[-1]
    assert queued.claim(ws).id == jobs[0]


def test_what_is_no_job(ws: Workspace) -> None:
    with pytest.raises(NotFound):
        get_job(ws, "jb_00000000")
    with pytest.raises(BadRequest):
        cancel_job(ws, "../../etc/passwd")
