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
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to; at the end of the block it stands at `path`, synced. On an error nothing has changed."""
    temporary = path.with_name(f"{path.name}{MARK}{secrets.token_hex(4)}")
    try:
        with disk_full_says_so(path), open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with disk_full_says_so(path):
            os.replace(temporary, path)
            sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any, *, indent: int | None = None) -> None:
    text = redact(json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent))
    with whole_file(path) as file:
        file.write(text.encode())


def publish(source: Path, target: Path) -> None:
    """Move a finished folder to its place. What is in it must have been written by `whole_file`."""
    with disk_full_says_so(target):
        target.parent.mkdir(parents=True, exist_ok=True)
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


def no_space(path: Path, needed: int | None = None) -> DiskFull:
    free = shutil.disk_usage(path if path.exists() else path.parent).free
    amount = f"{needed:,} bytes are needed, {free:,} are free" if needed else f"{free:,} bytes are free"
    return DiskFull(
        f"There is no space left to write {path.name} ({amount}).",
        "Make room on the workspace's disk, then retry. Everything saved earlier is intact.",
    )


def sweep(root: Path, *, older_than: float = 3600) -> int:
    """Remove temporary files that a crash left behind; young ones may still be somebody's work."""
    removed = 0
    for path in root.rglob(f"*{MARK}*"):
        try:
            if time.time() - path.lstat().st_mtime > older_than:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed
