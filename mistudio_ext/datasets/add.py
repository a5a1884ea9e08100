"""The text of a file or of a folder's files, read into a dataset."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, MiStudioError, NotFound
from ..jobs.context import JobContext
from .folders import LocalFile, files_in, sentence
from .read import Plan, Planned, into_dataset, read_files
from .schema import DatasetFacts, ReadFiles

SPLIT = "train"


def read_into_dataset(job: JobContext, params: ReadFiles) -> DatasetFacts:
    facts = into_dataset(job, params.called or params.name or Path(params.path).name, lambda: _read(job, params))
    if params.owned:
        shutil.rmtree(job.workspace.folder(job.object) / "incoming", ignore_errors=True)
    return facts


def _read(job: JobContext, params: ReadFiles) -> dict[str, Any]:
    files, named = _look_at(params, job)
    splits = splits_of(files) if named else {}
    planned = [Planned(file.name, splits.get(file.name, SPLIT), file.size) for file in files]
    plan = Plan(_digest(files), planned, lambda number: files[number].path, named, called=params.called)
    state = read_files(job, params, plan)
    try:
        same = _digest(_look_at(params)[0]) == plan.source
    except MiStudioError:
        same = False
    if not same:
        job.log("warning", "The files changed while they were being read; what was read may be of both versions.")
    return state


def splits_of(files: list[LocalFile]) -> dict[str, str]:
    """The split of each file of a folder: as the folder says it, else as the names do."""
    if all(file.split for file in files):
        return {file.name: str(file.split) for file in files}
    # The library that knows these names is slow to import.
    from ..hub.subsets import splits_by_name

    by_name = splits_by_name([file.name for file in files])
    return {file.name: file.split or by_name.get(file.name, SPLIT) for file in files}


def _look_at(params: ReadFiles, job: JobContext | None = None) -> tuple[list[LocalFile], bool]:
    """The files as they are now, and whether it is a folder of them."""
    path = Path(params.path)
    try:
        if path.is_dir():
            found = files_in(path, None if params.within is None else [Path(each) for each in params.within])
            if found.left_out and job is not None:
                job.log("info", sentence(found))
            return found.files, True
        about = path.stat()
        with open(path, "rb"):
            pass
    except FileNotFoundError:
        raise NotFound(f"{path} is not there any more.", "Put it back and retry, or delete the dataset.") from None
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.", "Correct its rights, then retry.") from None
    return [LocalFile(path, params.name or path.name, about.st_size, about.st_mtime_ns)], False


def _digest(files: list[LocalFile]) -> str:
    """What tells that the files are still the same ones: their names, sizes and times."""
    return hashlib.sha256(json.dumps([(file.name, file.size, file.time) for file in files]).encode()).hexdigest()
