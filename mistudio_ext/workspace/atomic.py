"""The one writer: a file or folder appears whole, under its own name, or not at all.

Everything is written under a temporary name beside its place, synced, then renamed. After a crash there is the old or
the new state, and at most a temporary file, which `sweep` removes.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..contract.errors import DiskFull
from .redact import redact

# Whoever sweeps knows ours by this mark; nothing else in a workspace carries it.
MARK = ".mistudio-part-"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def whole_file(path: Path, size: int = 0) -> Iterator[IO[bytes]]:
    """A file to write to; at the end of the block it stands at `path`, synced. On an error nothing has changed.

    `size`, where it is known before, is for the sentence that says how much room is needed.
    """
    temporary = beside(path)
    reached = 0
    try:
        with open(temporary, "xb", opener=private) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
            finally:
                reached = 0 if file.closed else file.tell()
        os.replace(temporary, path)
        sync_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            raise no_space(path, max(size, reached)) from error
        raise


def beside(path: Path) -> Path:
    """A temporary name in the same folder."""
    return path.with_name(f"{path.name}{MARK}{secrets.token_hex(4)}")


def private(path: str, flags: int) -> int:
    """An opener for files that only their owner may read."""
    return os.open(path, flags, 0o600)


def make_folder(path: Path) -> None:
    """A folder that only its owner may enter, and those above it that are missing; `mkdir` gives its mode to the last only."""
    if path.is_dir():
        return
    if path != path.parent:
        make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def write_json(path: Path, data: Any, *, indent: int | None = None) -> None:
    content = redact(json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)).encode()
    with whole_file(path, len(content)) as file:
        file.write(content)


def publish(source: Path, target: Path) -> None:
    """Move a finished folder to its place. What is in it must have been written by `whole_file`."""
    with disk_full_says_so(target):
        make_folder(target.parent)
        sync_folder(source)
        os.rename(source, target)
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """A rename is only durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(descriptor)


@contextmanager
def disk_full_says_so(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise no_space(path) from error


def no_space(path: Path, needed: int = 0) -> DiskFull:
    there = next(each for each in (path, *path.parents) if each.exists())
    free = shutil.disk_usage(there).free
    amount = f"at least {needed:,} bytes are needed, {free:,} are free" if needed else f"{free:,} bytes are free"
    if needed and free > 2 * needed:
        amount += "; your quota may be used up"
    return DiskFull(
        f"There is no space left to write {path.name} ({amount}).",
        "Make room on the workspace's disk, then retry. Everything saved earlier is intact.",
    )


def sweep(root: Path, *, older_than: float = 3600) -> int:
    """Remove temporary files that a crash left behind; young ones may still be somebody's work.

    Whoever is alone in a folder gives 0.
    """
    removed = 0
    for path in root.rglob(f"*{MARK}*"):
        try:
            if not older_than or time.time() - path.lstat().st_mtime > older_than:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed
