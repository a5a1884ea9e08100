"""Where a dataset's text comes from: checked, and put in place for the job that reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..contract.errors import BadRequest
from ..hub import names
from ..workspace import atomic, paths
from ..workspace.schema import visible_line
from ..workspace.workspace import Workspace
from . import incoming
from .hub_schema import FromHub, HubSource
from .schema import AddDataset, ReadHub, ReadText, Source


@contextmanager
def text_in_place(ws: Workspace, id: str, params: AddDataset) -> Iterator[tuple[Source, ReadText | ReadHub]]:
    """The source, and what the dataset's job is to be told. When the block fails, everything is as it was before."""
    given = [name for name in ("texts", "path", "upload", "hub") if getattr(params, name) is not None]
    if len(given) != 1:
        what = "nothing" if not given else " and ".join(given)
        raise BadRequest(f"Where the text comes from must be one thing; given: {what}.", "Give texts, path, upload or hub.")
    if params.hub is not None:
        yield _of_hub(params, params.hub)
        return
    for name in ("config", "split", "revision", "row_limit"):
        if getattr(params, name) is not None:
            raise BadRequest(f"“{name}” is for datasets of the hub.", "Leave it out, or give hub.", field=name)
    if params.path is not None:
        yield _file_on_server(ws, params.path, params)
        return
    folder = ws.folder(id) / "incoming"
    try:
        with atomic.disk_full_says_so(folder):
            atomic.make_folder(folder)
        if params.upload is not None:
            incoming.known_format(incoming.get_upload(ws, params.upload).name, "upload")
            with incoming.taken_upload(ws, params.upload, folder) as file:
                yield _source("upload", file.name, params), _reading(file, params, owned=True)
        else:
            assert params.texts is not None
            count = len(params.texts)
            named = params.model_copy(update={"text_field": "text"})
            file = incoming.write_texts(params.texts, folder)
            yield _source("texts", f"{count:,} text{'' if count == 1 else 's'}", named), _reading(file, named, owned=True)
    except BaseException:
        shutil.rmtree(ws.folder(id), ignore_errors=True)
        raise


def default_name(source: Source) -> str:
    """The file's name as a name for the dataset: one visible line of bearable length."""
    name = source.name.rpartition("/")[2] if source.kind == "hub" else source.name
    name = Path(name).stem if source.kind in ("file", "upload") else name
    try:
        return visible_line(name[:200])
    except ValueError:
        return "Text"


def _file_on_server(ws: Workspace, given: str, params: AddDataset) -> tuple[Source, ReadText]:
    path = paths.resolve(given, ws.allowed_folders)
    incoming.known_format(path.name, "path")
    if not path.is_file():
        raise BadRequest(f"{given} is not a file.", "Give the path of a .txt or .jsonl file.", field="path")
    if str(path) != str(path).encode("utf-8", "replace").decode():
        raise BadRequest("The file's path is not UTF-8.", "Rename the file, or the folder that it is in.", field="path")
    return _source("file", path.name, params, path=str(path)), _reading(path, params, owned=False)


def _of_hub(params: AddDataset, hub: str) -> tuple[Source, ReadHub]:
    """Checked as far as that needs no hub; what the hub says of it, its job says."""
    names.check_repository(hub)
    if params.revision is not None:
        names.check_revision(params.revision)
    asked = params.model_dump(include={*FromHub.model_fields} - {"hub"})
    source = _source("hub", hub, params).model_copy(update={"hub": HubSource(repository=hub, **asked)})
    return source, ReadHub(hub=hub, sample_by=params.sample_by, text_field=params.text_field, **asked)


def _source(kind: str, name: str, params: AddDataset, path: str | None = None) -> Source:
    values = {"kind": kind, "name": name, "path": path, "sample_by": params.sample_by, "text_field": params.text_field}
    return Source.model_validate(values)


def _reading(file: Path, params: AddDataset, *, owned: bool) -> ReadText:
    return ReadText(file=str(file), owned=owned, sample_by=params.sample_by, text_field=params.text_field)
