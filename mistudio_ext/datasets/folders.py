"""The files of a folder that are read, in the order in which they are read. Nothing heavy here: the server asks too."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, TooLarge
from .formats import READ, known_kind

MAX_FILES = 100_000
# Whatever they are: to look at each takes its time.
MAX_ENTRIES = 1_000_000
# A chain of folders deeper than this is nobody's data.
MAX_DEPTH = 100
# What the datasets library writes beside the data, and what a repository has beside it.
NO_DATA = {"config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
MAX_STATE = 2**20


@dataclass(frozen=True)
class LocalFile:
    path: Path  # the real one, whatever links led there
    name: str  # as seen from the folder
    size: int
    time: int
    split: str | None = None  # where the folder itself says it


@dataclass
class FolderFiles:
    files: list[LocalFile] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # why, and how many
    seen: int = 0  # entries of all kinds


def files_in(folder: Path, within: list[Path] | None) -> FolderFiles:
    """All readable files below; `within` are the folders that links may lead into, None for any."""
    found = FolderFiles()
    real = Path(os.path.realpath(folder))
    _walk(real, "", None if within is None else [each.resolve() for each in within], found, {str(real)}, 0)
    found.files.sort(key=lambda file: file.name)
    if not found.files:
        said = f" {sentence(found)}" if found.left_out else ""
        what = f"There is no file in {folder.name or folder} that can be read.{said}"
        raise BadRequest(what, READ, field="path", code="no_files")
    return found


def sentence(found: FolderFiles) -> str:
    return "Left out: " + ", ".join(f"{count:,} {why}" for why, count in sorted(found.left_out.items())) + "."


def _walk(folder: Path, prefix: str, within: list[Path] | None, found: FolderFiles, seen: set[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        found.left_out["in folders that lie too deep"] += 1
        return
    try:
        with os.scandir(folder) as listed:
            some = list(islice(listed, MAX_ENTRIES + 1 - found.seen))
        entries = {entry.name: entry for entry in sorted(some, key=lambda entry: entry.name)}
    except OSError:
        found.left_out["in folders that may not be opened"] += 1
        return
    if os.path.exists(folder / "jobs" / "jobs.sqlite"):
        found.left_out["in a workspace of miStudio"] += 1
        return
    found.seen += len(entries)
    if found.seen > MAX_ENTRIES:
        what = f"There are more than {MAX_ENTRIES:,} files and folders in the folder."
        raise TooLarge(what, "Give the folder below it that holds the text.", field="path")
    saved = _saved(folder) if "state.json" in entries else None
    for name, entry in entries.items():
        # Only a link leads elsewhere: to ask for every name where it leads would take most of the time.
        real = Path(os.path.realpath(entry)) if entry.is_symlink() else folder / name
        if name.startswith("."):
            found.left_out["hidden"] += 1
        elif name != name.encode("utf-8", "replace").decode():
            found.left_out["with a name that is not UTF-8"] += 1
        elif entry.is_symlink() and within is not None and not any(real.is_relative_to(each) for each in within):
            found.left_out["that are links out of the folders that may be read"] += 1
        elif os.path.isdir(real):
            # A link to a folder above would lead round and round.
            if str(real) not in seen:
                seen.add(str(real))
                _walk(real, f"{prefix}{name}/", within, found, seen, depth + 1)
        elif not os.path.isfile(real) or known_kind(name) is None:
            found.left_out["of another kind"] += 1
        elif name in NO_DATA or (saved is not None and name not in saved[0]):
            found.left_out["about the data"] += 1
        else:
            try:
                about = real.stat()
            except OSError:
                continue
            split = saved[1] if saved else None
            found.files.append(LocalFile(real, prefix + name, about.st_size, about.st_mtime_ns, split))
            if len(found.files) > MAX_FILES:
                what = f"There are more than {MAX_FILES:,} files in the folder."
                raise TooLarge(what, "Join them to fewer, larger ones.", field="path")


def _saved(folder: Path) -> tuple[set[str], str | None] | None:
    """What the datasets library says of a folder that it saved: its data files, and the split. Its other files are caches."""
    try:
        about: Any = json.loads(_beginning_of(folder / "state.json"))
        files = {each["filename"] for each in about["_data_files"]}
        if not all(isinstance(name, str) for name in files):
            return None
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    try:
        splits = json.loads(_beginning_of(folder.parent / "dataset_dict.json"))["splits"]
        if folder.name in splits:
            return files, folder.name
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        pass
    split = about.get("_split")
    return files, split if isinstance(split, str) and 0 < len(split) <= 200 and split.isprintable() else None


def _beginning_of(file: Path) -> bytes:
    if file.is_symlink() or not file.is_file():
        raise FileNotFoundError(file)
    with open(file, "rb") as opened:
        return opened.read(MAX_STATE)
