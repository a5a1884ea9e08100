"""Where downloads lie before they are whole, and how they get where they belong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import cache_folder, download
from mistudio_ext.hub.listing import list_repository
from mistudio_ext.jobs.context import JobContext
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import BIG, FILES, MB, again, there

MakeJob = Callable[[], JobContext]


def test_no_room_is_said_before_a_byte_is_asked_for(
    local: LocalHub, job: JobContext, target: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.add("dataset", "org/set", {"big.bin": BIG})
    listing = list_repository(hub, "dataset", "org/set")
    listing.files[0] = listing.files[0].model_copy(update={"size": 10**16})
    with pytest.raises(MiStudioError, match=r"no space left.*10,000,000,000,000,000 bytes are needed"):
        download(job, hub, listing, target)
    assert local.bytes_sent == 0


def test_two_jobs_of_one_repository_do_not_write_the_same_file(
    local: LocalHub, make_job: MakeJob, target: Path, small_pieces: None
) -> None:
    local.add("dataset", "org/set", FILES)
    local.trouble("data/*", times=10, bytes_per_second=4 * MB)
    other = threading.Thread(target=again, args=(make_job(), local, target))
    other.start()
    again(make_job(), local, target.with_name("second"))
    other.join()
    assert there(target) == there(target.with_name("second")) == FILES


def test_unfinished_downloads_are_swept_when_nobody_came_back(local: LocalHub, job: JobContext, target: Path) -> None:
    local.add("dataset", "org/set", {"small.txt": b"small"})
    cache = cache_folder(job.workspace)
    old, young = cache / "dataset--org--old--1", cache / "dataset--org--young--1"
    for folder in (old, young):
        (folder / "contents").mkdir(parents=True)
    os.utime(old, (0, 0))
    again(job, local, target)
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("link_fails", [PermissionError(1, "no links here"), OSError(18, "another disk")])
def test_where_there_are_no_links_files_are_copied(
    local: LocalHub, job: JobContext, target: Path, monkeypatch: pytest.MonkeyPatch, link_fails: OSError
) -> None:
    def refuse(*_: object) -> None:
        raise link_fails

    monkeypatch.setattr(os, "link", refuse)
    local.add("dataset", "org/set", FILES)
    again(job, local, target)
    assert there(target) == FILES


def test_a_disk_that_takes_two_names_for_one_is_not_fooled(
    local: LocalHub, job: JobContext, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link
    monkeypatch.setattr(os, "link", lambda content, place: link(content, Path(str(place).lower())))
    local.add("dataset", "org/set", {"A.txt": b"1", "a.txt": b"2"})
    with pytest.raises(MiStudioError, match="cannot lie beside each other"):
        again(job, local, target)
    assert not target.exists()
