"""Deleting: one walk over what was made from what; all of it goes, or nothing; cut short, it is finished later."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import Conflict, NotFound
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.records import get_job
from mistudio_ext.workspace import atomic, dependencies
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued, waiting


def family(ws: Workspace) -> tuple[str, str, str]:
    """A dataset, a capture of it, and a training of that capture."""
    dataset = queued.dataset(ws)
    capture = queued.dataset(ws, "layer 6", made_from=[dataset], prefix="cp")
    training = queued.dataset(ws, "first", made_from=[capture], prefix="tr")
    return dataset, capture, training


def everything(ws: Workspace) -> list[str]:
    """What is there: records, folders, jobs."""
    records = [each["id"] for name in ("datasets", "captures", "trainings") for each in ws.catalog.all(name)]
    folders = [path.name for name in ("datasets", "captures", "trainings") for path in (ws.root / name).iterdir()]
    return sorted(records + folders + [row["state"] for row in ws.database.rows("SELECT state FROM jobs")])


def test_the_statement_says_what_goes_along(ws: Workspace) -> None:
    dataset, capture, training = family(ws)
    plan = dependencies.plan(ws, dataset)
    assert [each.id for each in plan.also] == [capture, training]
    assert plan.bytes == 3000
    assert plan.statement == (
        "Deletes the dataset “words” and frees 3.0 kB."
        " 1 capture made from it goes too: “layer 6”. 1 training made from it goes too: “first”."
    )
    assert dependencies.plan(ws, training).also == []


def test_all_of_it_goes(ws: Workspace) -> None:
    dataset, capture, training = family(ws)
    other = queued.dataset(ws, "other")
    assert dependencies.delete(ws, dataset).ids == [dataset, capture, training]
    assert everything(ws) == [other, other]
    waiting.until(lambda: not list((ws.root / "trash").iterdir()), "the trash to be emptied")
    with pytest.raises(NotFound):
        dependencies.delete(ws, dataset)


def test_more_than_was_agreed_does_not_go(ws: Workspace) -> None:
    dataset, capture, training = family(ws)
    before = everything(ws)
    with pytest.raises(Conflict, match="By now 1 more would be deleted: first"):
        dependencies.delete(ws, dataset, agreed=[capture])
    assert everything(ws) == before
    dependencies.delete(ws, dataset, agreed=[capture, training])
    assert everything(ws) == []


@pytest.mark.parametrize("of", [0, 1, 2])
def test_what_is_in_use_stays(ws: Workspace, of: int) -> None:
    ids = family(ws)
    job = queued.job(ws, ids[2], uses=[ids[of]])
    before = everything(ws)
    with pytest.raises(Conflict, match="It is in use by: Read words"):
        dependencies.delete(ws, ids[0])
    claimed = queued.claim_of(ws, job)
    with pytest.raises(Conflict):
        dependencies.delete(ws, ids[0])
    queue.end(ws, job, "succeeded")
    claimed.lock.release()
    assert len(before) == 7
    dependencies.delete(ws, ids[0])
    assert everything(ws) == ["succeeded"]


def test_jobs_at_rest_end_and_say_why(ws: Workspace) -> None:
    dataset, _, training = family(ws)
    claimed = queued.claim_of(ws, queued.job(ws, training))
    ws.scratch(claimed.id).mkdir()
    claimed.lock.release()  # its lane was killed, and nobody has looked since
    assert "1 paused or interrupted job on it cannot go on." in dependencies.plan(ws, dataset).statement
    dependencies.delete(ws, dataset)
    job = get_job(ws, claimed.id)
    assert (job.state, job.reason) == ("cancelled", "What it worked on was deleted.")
    assert not ws.scratch(claimed.id).exists()


STEPS = ("plan", "rename 1", "rename 2", "rename 3", "catalog 1", "catalog 3", "jobs", "trash")
DIES = """
import os, signal, sys
from mistudio_ext.workspace import dependencies
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
what, _, number = sys.argv[3].partition(" ")
left = int(number or 1)

def dying(function):
    def wrapped(*arguments, **more):
        global left
        result = function(*arguments, **more)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

if what == "plan":
    dependencies.atomic.write_json = dying(dependencies.atomic.write_json)
if what == "rename":
    dependencies.os.rename = dying(os.rename)
if what == "catalog":
    ws.catalog._tell = dying(ws.catalog._tell)
if what == "jobs":
    dependencies._drop_waiting_jobs = dying(dependencies._drop_waiting_jobs)
if what == "trash":
    dependencies.shutil.rmtree = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
dependencies.delete(ws, sys.argv[2])
"""


@pytest.mark.parametrize("step", STEPS)
def test_cut_short_it_is_finished_by_the_next(ws: Workspace, step: str) -> None:
    dataset, _, training = family(ws)
    resting = queued.claim_of(ws, queued.job(ws, training))
    queue.end(ws, resting.id, "interrupted")
    resting.lock.release()
    other = queued.dataset(ws, "other")
    ended = subprocess.run([sys.executable, "-c", DIES, str(ws.root), dataset, step], check=False, timeout=30)
    assert ended.returncode == -9
    again = Workspace.open(ws.root)
    dependencies.finish_deletions(again)
    assert everything(again) == sorted([other, other, "cancelled"])
    assert not list((ws.root / "trash").iterdir())
    dependencies.finish_deletions(again)
    assert everything(again) == sorted([other, other, "cancelled"])


def test_what_cannot_be_moved_stays_whole(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, *_ = family(ws)
    before = everything(ws)
    rename, calls = os.rename, []

    def fails_once(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError(errno.EACCES, "no")
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(dependencies.os, "rename", fails_once)
        with pytest.raises(OSError, match="no"):
            dependencies.delete(ws, dataset)
    assert everything(ws) == before
    assert not list((ws.root / "trash").iterdir())
    dependencies.delete(ws, dataset)
    assert everything(ws) == []


def test_a_full_disk_in_the_middle_leaves_everything(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, *_ = family(ws)
    before = everything(ws)
    for broken in ("mistudio_ext.workspace.storage.atomic.write_json", "mistudio_ext.workspace.events.append"):
        with monkeypatch.context() as patch:

            def full(*_: object) -> None:
                raise atomic.no_space(ws.root, 100)

            patch.setattr(broken, full)
            with pytest.raises(atomic.DiskFull):
                dependencies.delete(ws, dataset)
        assert everything(ws) == before
    assert (ws.folder(dataset) / "content").read_text()


def test_a_list_that_cannot_be_read_keeps_the_plan(ws: Workspace) -> None:
    dataset, *_ = family(ws)
    subprocess.run([sys.executable, "-c", DIES, str(ws.root), dataset, "plan"], check=False, timeout=30)
    path = ws.root / "catalog" / "trainings.json"
    kept = shutil.copy(path, ws.root / "kept")
    path.write_text("{")
    dependencies.finish_deletions(ws)
    os.replace(kept, path)
    dependencies.finish_deletions(ws)
    assert everything(ws) == []
