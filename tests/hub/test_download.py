"""Downloads: whole or not at all, gone on with, and only what is missing is asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import cache_folder, download
from mistudio_ext.hub.listing import list_repository
from mistudio_ext.jobs.context import JobCancelled, JobContext, JobPaused
from mistudio_ext.jobs.schema import Progress
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import BIG, FILES, MB, again, library_environment, noise, there

MakeJob = Callable[[], JobContext]


def test_all_files_come_as_they_are(local: LocalHub, job: JobContext, target: Path, small_pieces: None) -> None:
    local.add("dataset", "org/set", FILES)
    done = again(job, local, target)
    assert there(target) == FILES
    # Equal files are fetched once.
    assert done.received == len(BIG) + len(b"small") + len(b"odd") == local.bytes_sent
    assert not [path for path in cache_folder(job.workspace).iterdir() if path.is_dir()]
    local.forget()
    assert again(job, local, target).received == 0
    assert local.bytes_sent == 0


def test_connections_are_used_again(local: LocalHub, job: JobContext, target: Path) -> None:
    local.add(
        "dataset", "org/set", {f"{n}.bin": noise(1000, n) for n in range(40)} | {f"{n}.txt": noise(10, n) for n in range(40)}
    )
    again(job, local, target)
    assert len({request.connection for request in local.requests}) <= 9


@pytest.mark.parametrize("wish", ["cancel", "pause", "leave"])
def test_pause_and_cancel_are_heard_within_a_second_though_the_hub_keeps_silent(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None, wish: str
) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    local.trouble("big.bin", stall_after=600_000, times=4)
    job, asked = make_job(), 0.0

    def ask() -> None:
        nonlocal asked
        while local.bytes_sent < 4 * 600_000:
            time.sleep(0.01)
        time.sleep(0.2)
        asked = time.monotonic()
        if wish == "leave":
            job.leaving.set()
        else:
            job.request = wish

    thread = threading.Thread(target=ask)
    thread.start()
    with pytest.raises(JobCancelled if wish == "cancel" else JobPaused):
        again(job, local, target)
    assert time.monotonic() - asked < 1
    thread.join()
    assert not target.exists()
    local.forget()
    done = again(make_job(), local, target)
    assert there(target) == {"big.bin": BIG}
    # What stood in the connections' buffers may come twice, no more.
    assert len(BIG) - 4 * 600_000 <= local.bytes_sent == done.received < len(BIG) - 3 * 600_000
    assert done.kept + done.received == len(BIG)


def test_what_was_begun_outlasts_the_fetching_of_another_file(
    local: LocalHub, hub: Hub, make_job: MakeJob, target: Path, small_pieces: None
) -> None:
    """A job that is tried again looks at the small files first; the large ones must not begin anew for that."""
    local.add("dataset", "org/set", {"big.bin": BIG, "small.txt": b"small"})
    local.trouble("big.bin", stall_after=600_000, times=4)
    job = make_job()
    threading.Timer(1.0, lambda: setattr(job, "request", "cancel")).start()
    with pytest.raises(JobCancelled):
        again(job, local, target)
    listing = list_repository(hub, "dataset", "org/set")
    download(make_job(), hub, listing, target.with_name("small"), listing.choose(["small.txt"]))
    done = again(make_job(), local, target)
    assert there(target) == {"big.bin": BIG, "small.txt": b"small"}
    assert done.kept > MB


def test_a_killed_process_leaves_what_it_has(local: LocalHub, job: JobContext, target: Path, tmp_path: Path) -> None:
    content = noise(12 * MB, 1)
    local.add("dataset", "org/set", {"big.bin": content})
    local.trouble("big.bin", bytes_per_second=4 * MB)
    program = f"""
from pathlib import Path
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import download
from mistudio_ext.hub.listing import list_repository
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.workspace.workspace import Workspace
hub = Hub({local.url!r})
job = JobContext(Workspace.open({str(job.workspace.root)!r}), "jb_22222222", 1, "ds_22222222")
download(job, hub, list_repository(hub, "dataset", "org/set"), Path({str(target)!r}))
"""
    environment = library_environment(local.url, tmp_path) | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, "-c", program], env=environment)
    while local.bytes_sent < 8 * MB:
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not target.exists()
    before = local.bytes_sent
    local.forget()
    done = again(job, local, target)
    assert there(target) == {"big.bin": content}
    # Less than what is noted at once, and what was still on its way.
    assert done.received <= len(content) - before + 4 * MB
    assert done.kept > 4 * MB


def test_a_broken_connection_is_gone_on_with(local: LocalHub, job: JobContext, target: Path) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    for _ in range(6):
        local.trouble("big.bin", drop_after=MB // 2)
    done = again(job, local, target)
    assert there(target) == {"big.bin": BIG}
    assert done.received == len(BIG)
    ranges = [request.range for request in local.requests if "storage" in request.path and request.method == "GET"]
    assert ranges[0] is None
    assert ranges[1:] == [f"bytes={n * MB // 2}-{len(BIG) - 1}" for n in range(1, 7)]


def test_a_stalled_connection_is_made_anew(local: LocalHub, job: JobContext, target: Path) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    hub = Hub(local.url, timeout=0.5, tries=4)
    listing = list_repository(hub, "dataset", "org/set")
    local.trouble("big.bin", stall_after=MB)
    assert download(job, hub, listing, target).received == len(BIG)
    assert there(target) == {"big.bin": BIG}


@pytest.mark.parametrize(
    "what",
    [{"status": 500}, {"status": 503}, {"status": 429, "headers": {"Retry-After": "1"}}, {"status": 403}],
    ids=["500", "503", "429", "storage's address ran out"],
)
def test_what_passes_is_waited_for(local: LocalHub, job: JobContext, target: Path, what: dict[str, object]) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    local.trouble("big.bin", times=2, **what)
    began = time.monotonic()
    again(job, local, target)
    assert there(target) == {"big.bin": BIG}
    assert (time.monotonic() - began > 2) == (what["status"] == 429)


def test_tries_without_progress_end_with_a_sentence_and_keep_what_is_there(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None
) -> None:
    local.add("dataset", "org/set", FILES)
    local.trouble("small.txt", times=4, status=502)
    with pytest.raises(MiStudioError, match=r"has trouble of its own \(status 502\)\. Retry later") as caught:
        again(make_job(), local, target)
    assert caught.value.code == "hub_down"
    assert not target.exists()
    local.forget()
    again(make_job(), local, target)
    assert there(target) == FILES
    assert local.bytes_sent < len(BIG) // 2


def test_a_hub_that_does_no_ranges_gives_the_whole_file_once(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None
) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    local.trouble("big.bin", times=100, ignore_range=True)
    done = again(make_job(), local, target)
    assert there(target) == {"big.bin": BIG}
    # The other connections notice at once, when the answer begins.
    assert done.received < 2 * len(BIG)


def test_damaged_bytes_are_fetched_once_more_then_refused(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None
) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG, "small.txt": b"small"})
    local.trouble("big.bin", corrupt=True)
    assert again(make_job(), local, target).received == 2 * len(BIG) + len(b"small")
    assert there(target) == {"big.bin": BIG, "small.txt": b"small"}
    local.add("dataset", "org/set", {"small.txt": b"other"})
    local.trouble("small.txt", times=2, corrupt=True)
    with pytest.raises(MiStudioError, match=r"small.txt of org/set arrived damaged, twice") as caught:
        again(make_job(), local, target.with_name("second"))
    assert caught.value.code == "hub_corrupt"
    assert not target.with_name("second").exists()


@pytest.mark.parametrize("what", [{"short_by": 1}, {"instead": b"x"}, {"instead": BIG + b"more"}, {"short_by": len(BIG)}])
def test_a_file_of_another_size_is_another_file(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None, what: dict[str, object]
) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    local.trouble("big.bin", times=1, **what)
    again(make_job(), local, target)
    assert there(target) == {"big.bin": BIG}
    local.trouble("big.bin", times=50, **what)
    with pytest.raises(MiStudioError, match=r"org/set was changed meanwhile. Retry: it begins with a fresh look") as caught:
        again(make_job(), local, target.with_name("second"))
    assert caught.value.code == "hub_changed"


def test_a_repository_that_changes_keeps_its_commit_or_says_so(local: LocalHub, job: JobContext, target: Path, hub: Hub) -> None:
    repository = local.add("dataset", "org/set", {"small.txt": b"old", "gone.txt": b"here"})
    listing = list_repository(hub, "dataset", "org/set")
    new = repository.commit({"small.txt": b"new"})
    assert download(job, hub, listing, target).bytes == 7
    assert (target / "small.txt").read_bytes() == b"old"
    assert list_repository(Hub(local.url), "dataset", "org/set").commit == new
    del repository.commits[listing.commit]
    with pytest.raises(MiStudioError) as caught:
        download(job, Hub(local.url), listing, target.with_name("second"))
    assert caught.value.code in ("hub_changed", "hub_revision")


def test_another_commit_in_the_answer_is_noticed(local: LocalHub, job: JobContext, target: Path, hub: Hub) -> None:
    local.add("dataset", "org/set", {"small.txt": b"small"})
    listing = list_repository(hub, "dataset", "org/set")
    local.trouble("small.txt", times=10, headers={"X-Repo-Commit": "f" * 40})
    with pytest.raises(MiStudioError, match="was changed meanwhile"):
        download(job, hub, listing, target)


def test_progress_tells_bytes_rate_and_time_left(local: LocalHub, job: JobContext, target: Path) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    local.trouble("big.bin", bytes_per_second=3 * MB)
    seen: list[Progress] = []
    job.flush = lambda: seen.append(job._pending) if job._pending else None  # type: ignore[method-assign]
    again(job, local, target)
    job.flush()
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert any(each.rate and MB < each.rate < 6 * MB and each.seconds_left for each in seen)
    last = seen[-1]
    assert (last.done, last.total, last.stage, last.unit) == (len(BIG), len(BIG), "Downloading", "bytes")
