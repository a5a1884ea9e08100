"""Paths that come from outside: resolved, and held inside the folders that the administrator allowed."""

from __future__ import annotations

import os
from pathlib import Path

from ..contract.errors import BadRequest, Forbidden, NotFound

MAX_PATH = 4096


def resolve(text: str, allowed: list[Path] | None, *, field: str = "path") -> Path:
    """The real path behind `text`; `allowed` is None where the user is at a terminal and everything of theirs is open.

    A relative path starts at the first allowed folder (the server's root), or where the terminal is.
    """
    if not text or "\x00" in text or len(text) > MAX_PATH or not _encodable(text):
        raise BadRequest("This is not a path.", "Give the path of a file or folder.", field=field)
    base = allowed[0] if allowed else Path.cwd()
    try:
        path = Path(os.path.realpath(base / _at_home(text)))
    except (OSError, ValueError):
        raise BadRequest("This is not a path.", "Give the path of a file or folder.", field=field) from None
    # Asked before existence: what is outside must not even be told apart from what is not there.
    if allowed is not None and not any(path.is_relative_to(folder.resolve()) for folder in allowed):
        raise Forbidden(
            f"{text} is outside the folders that this server may read.",
            "Use a path inside the server's root folder, or have it added to MiStudio.allowed_folders.",
            field=field,
        )
    try:
        there = path.exists()
    except OSError:
        there = False
    if not there:
        raise NotFound(f"There is nothing at {text}.", "Look at the spelling of the path.", field=field)
    return path


def _at_home(text: str) -> Path:
    """`~` and `~name` filled in. A name that the machine does not know stays, and so is outside like the home of one it knows."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path("/") / text


def _encodable(text: str) -> bool:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def disk_use(folder: Path) -> int:
    """Bytes below a folder, links not followed."""
    if folder.is_symlink() or not folder.is_dir():
        return 0
    total = 0
    for current, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(current, name)).st_size
            except FileNotFoundError:
                continue
    return total
