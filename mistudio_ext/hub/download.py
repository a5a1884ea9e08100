"""From a listing to a folder: resumed, checked, and there as a whole or not at all.

Unfinished files lie in the cache under their content's hash, for all downloads of this repository at this commit: a
paused, cancelled, failed or killed one leaves what it has to whoever comes next.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace
from . import names
from .attend import TICK, ask, attend
from .client import Hub
from .fetch import Fetch
from .listing import list_repository
from .part import Part
from .schema import HubFile, Listing, RepositoryKind

DAY = 86400.0


@dataclass(frozen=True)
class Downloaded:
    """What it took to get the files here."""

    bytes: int
    received: int
    kept: int


def look_up(job: JobContext, hub: Hub, kind: RepositoryKind, id: str, revision: str = "main") -> Listing:
    """`list_repository` inside a job: it can be cancelled while the hub keeps silent."""
    hub = hub.again()
    return ask(job, lambda: list_repository(hub, kind, id, revision), hub.turn.stopped, "Asking the hub")


def download(job: JobContext, hub: Hub, listing: Listing, target: Path, files: list[HubFile] | None = None) -> Downloaded:
    """Fetch these files of the listing (left out: all) into the new folder `target`. One that is there is finished already."""
    hub = hub.again()
    chosen = listing.files if files is None else files
    names.check_file_names([names.check_file_name(file.path) for file in chosen])
    size = sum(file.size for file in chosen)
    if target.exists():
        return Downloaded(size, 0, size)
    cache = cache_folder(job.workspace)
    name = f"{listing.kind}--{listing.id.replace('/', '--')}--{listing.commit}"
    atomic.make_folder(cache)
    sweep(cache, older_than=job.workspace.settings.hub_cache_days * DAY)
    lock = Lock(cache / f"{name}.lock")
    try:
        while not lock.try_acquire():
            wait_for_other(job)
        entry = cache / name
        result = _fetch_into(job, hub, listing, entry, chosen)
        _publish(job, entry, chosen, target)
    finally:
        lock.release()
    return result


def _fetch_into(job: JobContext, hub: Hub, listing: Listing, entry: Path, files: list[HubFile]) -> Downloaded:
    contents = entry / "contents"
    atomic.make_folder(contents)
    os.utime(entry)
    parts = [Part(contents, file) for file in {file.content: file for file in files}.values()]
    try:
        total = sum(part.file.size for part in parts)
        kept = sum(part.done for part in parts)
        _check_space(contents, total - kept)
        fetch = Fetch(hub, listing, parts)

        def look() -> None:
            stage = "Waiting: the hub limits how much may be asked" if hub.turn.held > 1 else "Downloading"
            done = [part.done for part in parts]
            whole = sum(part.is_whole for part in parts) if len(parts) <= 1000 else None
            job.progress(sum(done), total, stage, "bytes", files=len(parts), files_done=whole)

        attend(job, [fetch.work] * hub.connections, hub.turn.stopped, look)
        assert all(part.is_whole for part in parts)
        job.progress(total, total, "Downloading", "bytes", files=len(parts), files_done=len(parts))
        return Downloaded(total, fetch.received, kept)
    finally:
        for part in parts:
            part.close()


def _publish(job: JobContext, entry: Path, files: list[HubFile], target: Path) -> None:
    """Put the whole files under their names, then rename all of it at once."""
    atomic.make_folder(target.parent)
    if entry.stat().st_dev != job.scratch.stat().st_dev:
        _check_space(job.scratch, sum(file.size for file in files))
    staging = job.scratch / "download"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    for file in files:
        job.check()
        if job.should_pause:
            job.rest()
        _put(entry / "contents" / file.content, staging / file.path)
    for folder, _, _ in os.walk(staging):
        atomic.sync_folder(Path(folder))
    atomic.publish(staging, target)
    contents = entry / "contents"
    for file in files:
        (contents / file.content).unlink(missing_ok=True)
    # An earlier job may have got or begun other files of this commit, and comes back for them; a note alone is of no use.
    if all(each.suffix == ".got" for each in contents.iterdir()):
        shutil.rmtree(entry, ignore_errors=True)


def _put(content: Path, place: Path) -> None:
    """A second name rather than a move: until all is published, the cache has everything. On another disk, a copy."""
    try:
        with atomic.disk_full_says_so(place):
            atomic.make_folder(place.parent)
        os.link(content, place)
    except (FileExistsError, NotADirectoryError):
        # On a disk that takes “A” and “a” for one name.
        raise names.clash() from None
    except OSError:
        with atomic.whole_file(place) as copy, open(content, "rb") as source:
            shutil.copyfileobj(source, copy, 2**20)


def cache_folder(ws: Workspace) -> Path:
    chosen = ws.settings.hub_cache
    return Path(chosen).expanduser() / "mistudio" if chosen else ws.root / "jobs" / "downloads"


def sweep(cache: Path, *, older_than: float) -> None:
    """Remove what nobody came back for. A download under way holds its lock."""
    for entry in cache.iterdir():
        try:
            if not entry.is_dir() or time.time() - entry.stat().st_mtime < older_than:
                continue
        except FileNotFoundError:
            continue
        lock = Lock(cache / f"{entry.name}.lock")
        if lock.try_acquire():
            shutil.rmtree(entry, ignore_errors=True)
            lock.release()


def wait_for_other(job: JobContext) -> None:
    job.progress(0, None, "Waiting: another job downloads the same repository")
    if job.should_pause:
        job.rest()
    time.sleep(TICK)


def _check_space(folder: Path, needed: int) -> None:
    if needed > shutil.disk_usage(folder).free:
        raise atomic.no_space(folder, needed)
