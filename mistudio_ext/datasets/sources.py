"""Where a dataset's text comes from: checked, and put in place for the job that reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from ..contract.errors import BadRequest
from ..hub import names
from ..workspace import atomic, paths
from ..workspace.schema import visible_line
from ..workspace.workspace import Workspace
from . import incoming
from .folders import files_in
from .formats import COMPRESSIONS, kind_of, known_kind
from .hub_schema import FromHub, HubSource
from .reading_schema import LookAtSource, ReadOptions
from .schema import AddDataset, ReadFiles, ReadHub, Source
from .tokenizer_files import HUB


@contextmanager
def text_in_place(ws: Workspace, id: str, params: AddDataset) -> Iterator[tuple[Source, ReadFiles | ReadHub]]:
    """The source, and what the dataset's job is to be told. When the block fails, everything is as it was before."""
    given = [name for name in ("texts", "path", "upload", "hub") if getattr(params, name) is not None]
    if len(given) != 1:
        what = "nothing" if not given else " and ".join(given)
        raise BadRequest(f"Where the text comes from must be one thing; given: {what}.", "Give texts, path, upload or hub.")
    _check_columns(params)
    if params.path is not None and params.path.startswith(HUB):
        params = params.model_copy(update={"path": None, "hub": params.path.removeprefix(HUB)})
    if params.hub is not None:
        yield _of_hub(params, params.hub)
        return
    for name in ("config", "split", "revision", "row_limit"):
        if getattr(params, name) is not None:
            raise BadRequest(f"“{name}” is for datasets of the hub.", "Leave it out, or give hub.", field=name)
    if params.path is not None:
        path, name, within = _on_server(ws, params.path)
        kind = "folder" if path.is_dir() else "file"
        reading = ReadFiles(path=str(path), name=name, within=within, owned=False, **options_of(params).model_dump())
        yield _source(kind, name, params, path=str(path)), reading
        return
    folder = ws.folder(id) / "incoming"
    try:
        with atomic.disk_full_says_so(folder):
            atomic.make_folder(folder)
        if params.upload is not None:
            memory = incoming.from_memory(ws, params.upload)
            with incoming.taken_upload(ws, params.upload, folder) as file:
                source = _source("memory", memory, params) if memory else _source("upload", file.name, params)
                yield source, _reading(file, params, called=memory or "")
        else:
            assert params.texts is not None
            count = len(params.texts)
            named = params.model_copy(update={"rows": "text", "columns": ["text"], "split_column": None})
            file = incoming.write_texts(params.texts, folder)
            yield (
                _source("texts", f"{count:,} text{'' if count == 1 else 's'}", named),
                _reading(file, named, called="the given texts"),
            )
    except BaseException:
        shutil.rmtree(ws.folder(id), ignore_errors=True)
        raise


def default_name(source: Source) -> str:
    """The file's name as a name for the dataset: one visible line of bearable length."""
    name = source.name.rpartition("/")[2] if source.kind == "hub" else source.name
    if source.kind in ("file", "upload"):
        path = Path(name)
        name = Path(path.stem).stem if path.suffix.lower() in COMPRESSIONS else path.stem
    try:
        return visible_line(name[:200])
    except ValueError:
        return "Text"


def to_look_at(ws: Workspace, params: LookAtSource) -> dict[str, Any]:
    """What the live lane is told to look at."""
    if (params.path is None) == (params.upload is None):
        raise BadRequest("Say at what to look: a path or an upload.", "Give one of path and upload.")
    _check_columns(params)
    within = None
    if params.path is not None:
        path, name, within = _on_server(ws, params.path)
    else:
        assert params.upload is not None
        path, name = incoming.finished_upload(ws, params.upload)
    return {"path": str(path), "name": name, "within": within, "options": options_of(params).model_dump()}


def _on_server(ws: Workspace, given: str) -> tuple[Path, str, list[str] | None]:
    """The real path, what it is called there, and the folders that links below may lead into."""
    path = paths.resolve(given, ws.allowed_folders)
    if str(path) != str(path).encode("utf-8", "replace").decode():
        raise BadRequest("The path is not UTF-8.", "Rename the file, or the folder that it is in.", field="path")
    within = None if ws.allowed_folders is None else [str(each) for each in ws.allowed_folders]
    if path.is_dir():
        files_in(path, ws.allowed_folders)
        return path, path.name, within
    if not path.is_file():
        raise BadRequest(f"{given} is neither a file nor a folder.", "Give the path of one.", field="path")
    # A link may be called otherwise than what it leads to, which in a cache has no ending.
    name = PurePath(given).name
    if known_kind(name) is None:
        kind_of(path.name, "path")
        name = path.name
    return path, name, within


def _check_columns(params: ReadOptions) -> None:
    columns = params.columns or []
    if params.rows == "alpaca" and columns:
        what = "The columns of Alpaca rows have names of their own."
        raise BadRequest(what, "Leave “columns” out, or choose other rows.", field="columns")
    if params.rows in ("messages", "sharegpt") and len(columns) > 1:
        raise BadRequest("The messages are in one column.", "Give that one, or leave “columns” out.", field="columns")
    if params.split_column in columns:
        what = "One column cannot be both the text and the split."
        raise BadRequest(what, "Choose another column for one of them.", field="split_column")


def _of_hub(params: AddDataset, hub: str) -> tuple[Source, ReadHub]:
    """Checked as far as that needs no hub; what the hub says of it, its job says."""
    names.check_repository(hub)
    if params.revision is not None:
        names.check_revision(params.revision)
    asked = params.model_dump(include={*FromHub.model_fields} - {"hub"})
    source = _source("hub", hub, params).model_copy(update={"hub": HubSource(repository=hub, **asked)})
    return source, ReadHub(hub=hub, **options_of(params).model_dump(), **asked)


def options_of(params: ReadOptions) -> ReadOptions:
    return ReadOptions(**params.model_dump(include={*ReadOptions.model_fields}))


def _source(kind: str, name: str, params: AddDataset, path: str | None = None) -> Source:
    return Source.model_validate({"kind": kind, "name": name, "path": path, "reading": options_of(params).model_dump()})


def _reading(path: Path, params: AddDataset, called: str) -> ReadFiles:
    return ReadFiles(path=str(path), called=called, owned=True, **options_of(params).model_dump())
