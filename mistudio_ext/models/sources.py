"""Where a model comes from: checked as far as a look tells, and put in words for the job that adds it."""

from __future__ import annotations

from pathlib import Path

from ..contract.errors import BadRequest, NotFound
from ..hub import names
from ..jobs.objects import fields
from ..workspace import paths
from ..workspace.ids import is_id
from ..workspace.schema import visible_line
from ..workspace.workspace import Workspace, read_json
from .cache import cached_model
from .files import CONFIG, FILES, HANDED_OVER, INDEXES, OTHERS, entry_of, is_program, require_plain
from .schema import AddModel, FetchModel, HandedOver, LinkModel, ModelSource
from .weights import parts_of

KINDS = ("hub", "path", "cached", "upload")


def source_of(ws: Workspace, params: AddModel) -> ModelSource:
    given = [name for name in KINDS if getattr(params, name) is not None]
    if len(given) != 1:
        what = "nothing" if not given else " and ".join(given)
        raise BadRequest(f"Where the model comes from must be one thing; given: {what}.", "Give hub, path or cached.")
    if params.hub is None and params.revision is not None:
        raise BadRequest("“revision” is for models of the hub.", "Leave it out, or give hub.", field="revision")
    if params.hub is not None:
        names.check_repository(params.hub)
        if params.revision is not None:
            names.check_revision(params.revision)
        return ModelSource(kind="hub", name=params.hub, path=None, revision=params.revision, endpoint=None, commit=None)
    if params.path is not None:
        folder = _on_server(ws, params.path)
        return ModelSource(kind="folder", name=folder.name, path=str(folder), revision=None, endpoint=None, commit=None)
    if params.cached is not None:
        found = cached_model(params.cached)
        return ModelSource(kind="cache", name=found.name, path=found.path, revision=None, endpoint=None, commit=found.commit)
    assert params.upload is not None
    name = _from_memory(ws, params.upload)
    return ModelSource(kind="memory", name=name, path=None, revision=None, endpoint=None, commit=None)


def task_of(source: ModelSource, params: AddModel) -> FetchModel | LinkModel | HandedOver:
    if params.upload is not None:
        return HandedOver(upload=params.upload, name=source.name)
    if source.path is None:
        return FetchModel(hub=source.name, revision=source.revision)
    return LinkModel(path=source.path, name=source.name)


def default_name(source: ModelSource) -> str:
    try:
        return visible_line(source.name.rpartition("/")[2][:200])
    except ValueError:
        return "Model"


def is_same(wanted: ModelSource, there: ModelSource, endpoint: str) -> bool:
    """Whether a model that is there is what is wanted now. What a hub was not asked yet is that of the settings."""
    if wanted.kind == "memory":
        # What was in memory then may have been changed since.
        return False
    if wanted.kind != "hub":
        return fields(wanted) == fields(there)
    if (there.kind, there.name, there.endpoint or endpoint) != ("hub", wanted.name, endpoint):
        return False
    return wanted.revision == there.revision or (wanted.revision is not None and wanted.revision == there.commit)


def _from_memory(ws: Workspace, id: str) -> str:
    """What a model that a notebook has written is an object of."""
    if not is_id(id, "up") or not (ws.folder(id) / FILES).is_dir():
        hint = "A model is handed over in a notebook: workspace.add_model(model, tokenizer=tokenizer)."
        raise NotFound(f"There is no model {id[:60]} from memory.", hint, field="upload")
    return str(read_json(ws.folder(id) / HANDED_OVER)["memory"])


def _on_server(ws: Workspace, given: str) -> Path:
    folder = paths.resolve(given, ws.allowed_folders)
    if str(folder) != str(folder).encode("utf-8", "replace").decode():
        raise BadRequest("The path is not UTF-8.", "Rename the folder, or the one that it is in.", field="path")
    if not folder.is_dir():
        raise BadRequest(f"{given} is no folder.", "Give the folder that has the model's config.json in it.", field="path")
    try:
        there = [each.name for each in folder.iterdir() if each.is_file()]
    except OSError as error:
        raise BadRequest(f"{given} cannot be read: {error.strerror}.", "Look at its rights.", field="path") from None
    require_plain(folder, folder.name)
    entry = entry_of(there, folder.name)
    parts = set(parts_of(folder / entry, folder.name).values()) if entry in INDEXES else set()
    for name in (CONFIG, entry, *parts, *OTHERS, *filter(is_program, there)):
        # The files may be links, as in a hub's cache; they too must lead to where this server may read.
        if (folder / name).is_symlink():
            paths.resolve(str(folder / name), ws.allowed_folders)
    return folder
