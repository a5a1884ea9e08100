"""Models that the hub's own library has downloaded on this machine: found where it keeps them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..contract.errors import MiStudioError, NotFound
from ..hub import names
from .files import CONFIG, INDEXES, entry_of
from .schema import CachedModel
from .weights import parts_of

PREFIX = "models--"


def cache_folder() -> Path:
    """Where the library looks, by the same variables."""
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(os.path.realpath(Path(chosen or Path(home) / "hub").expanduser()))


def cached_models() -> list[CachedModel]:
    """Those that are whole, by name."""
    try:
        folders = sorted(each for each in cache_folder().iterdir() if each.name.startswith(PREFIX))
    except OSError:
        return []
    return [found for folder in folders if (found := _whole(folder)) is not None]


def cached_model(name: str) -> CachedModel:
    names.check_repository(name, field="cached")
    found = _whole(cache_folder() / (PREFIX + name.replace("/", "--")))
    if found is None:
        raise NotFound(
            f"The hub's cache on this machine has no whole model {name}.",
            "Choose one of those that are listed as cached, or get it from the hub.",
            field="cached",
        )
    return found


def _whole(folder: Path) -> CachedModel | None:
    try:
        name = names.check_repository(folder.name.removeprefix(PREFIX).replace("--", "/"))
        snapshot = _snapshot(folder)
        if snapshot is None:
            return None
        files = {each.name: each for each in snapshot.iterdir() if _is_inside(each, folder)}
        entry = entry_of(files, name)
        parts = set(parts_of(snapshot / entry, name).values()) if entry in INDEXES else {entry}
        if not {CONFIG, *parts} <= set(files):
            return None
        size = sum(each.stat().st_size for each in files.values())
    except (OSError, MiStudioError):
        return None
    return CachedModel(name=name, model=None, commit=snapshot.name, bytes=size, path=str(snapshot))


def _snapshot(folder: Path) -> Path | None:
    """Of the main branch, else the newest."""
    there = {each.name: each for each in _folders(folder / "snapshots") if names.COMMIT.fullmatch(each.name)}
    main = folder / "refs" / "main"
    if main.is_file() and (found := there.get(main.read_text(errors="replace")[:80].strip())):
        return found
    return max(there.values(), key=lambda each: each.stat().st_mtime, default=None)


def _folders(folder: Path) -> Iterator[Path]:
    yield from (each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())


def _is_inside(file: Path, folder: Path) -> bool:
    """Its files are links into the folder of its contents; one that leads elsewhere was not made by the library."""
    return file.is_file() and Path(os.path.realpath(file)).is_relative_to(folder)
