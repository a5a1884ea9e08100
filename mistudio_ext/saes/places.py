"""Where an SAE comes from and goes to: folders on the server, the hook point it belongs to, the model that has this."""

from __future__ import annotations

import os
from pathlib import Path

from ..contract.errors import BadRequest, Conflict, NotFound
from ..contract.models import checked
from ..jobs.objects import record_of
from ..models.schema import ModelRecord
from ..workspace import paths
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .belongs import is_same_family
from .config import Config
from .folder import CHECK, CONFIG, WEIGHTS
from .schema import ImportSae
from .transformer_lens import OUR_NAME, ours

# Below an upload's folder.
UPLOADED = "sae"
STREAM = ("resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_in", "mlp_out")


def source_of(ws: Workspace, params: ImportSae) -> Path:
    if (params.path is None) == (params.upload is None):
        raise BadRequest("Where the SAE comes from must be one thing.", "Give the path of its folder.", field="path")
    if params.path is not None:
        folder = paths.resolve(params.path, ws.allowed_folders)
        if not folder.is_dir():
            raise BadRequest(f"{params.path} is no folder.", f"Give the folder that has {CONFIG} in it.", field="path")
        for name in (CONFIG, WEIGHTS, CHECK):
            # A file may be a link that leads elsewhere.
            if name != CHECK or os.path.lexists(folder / name):
                paths.resolve(str(folder / name), ws.allowed_folders)
        return folder
    upload = str(params.upload)
    folder = ws.folder(upload) / UPLOADED if is_id(upload, "up") else Path()
    if not is_id(upload, "up") or not (folder / CONFIG).exists():
        hint = "An SAE is handed over in a notebook: workspace.import_sae(net)."
        raise NotFound(f"There is no SAE {upload[:60]} from memory.", hint, field="upload")
    return folder


def hooks_of(config: Config, given: str | None) -> tuple[str | None, str | None]:
    """Where it reads and where it writes; what the user says counts."""
    hook, out_hook = config.about.hook, config.about.out_hook
    if given is None:
        return hook, out_hook
    named = ours(given)
    if named is None:
        raise BadRequest(f"“{given[:60]}” names no hook point.", "Name it as in “layers.2.resid_post”.", field="hook")
    return named, out_hook if config.transcoder else named


def model_of(ws: Workspace, id: str | None, config: Config, hook: str | None) -> ModelRecord | None:
    """The one that is named, or the newest that is called what the configuration says and has such a hook point."""
    if id is not None:
        model = checked(ModelRecord, record_of(ws, id, "models"))
        if problem := _misfit(model, config, hook):
            raise BadRequest(problem, "Choose the model that it was trained on.", field="model")
        return model
    wanted = config.about.model_name.casefold()
    for record in ws.catalog.all("models")[::-1] if wanted else []:
        model = checked(ModelRecord, record)
        names = {each.casefold() for each in (model.name, model.source.name, model.source.name.rpartition("/")[2])}
        if wanted in names and not _misfit(model, config, hook):
            return model
    return None


def _misfit(model: ModelRecord, config: Config, hook: str | None) -> str | None:
    match = OUR_NAME.fullmatch(hook or "")
    if model.facts is not None and not is_same_family(config.about.model_family, model.facts.family):
        return f"It was trained on a {config.about.model_family} model, and “{model.name}” is {model.facts.family}."
    if model.facts is None or match is None:
        return None
    layer, kind = int(match[1]), match[2]
    if layer >= model.facts.layers:
        return f"It reads at layer {layer}, and “{model.name}” has the layers 0 to {model.facts.layers - 1}."
    if kind in STREAM and config.d_in != model.facts.hidden_size:
        return f"It reads vectors of {config.d_in:,} numbers, and those of “{model.name}” have {model.facts.hidden_size:,}."
    return None


def empty_folder(ws: Workspace, text: str) -> Path:
    """One that is there and empty, or one that can be made in a folder that is there."""
    name = os.path.basename(os.path.normpath(text))
    if os.path.lexists(os.path.join(*_base(ws), os.path.expanduser(text))) or name in ("", ".", ".."):
        folder = paths.resolve(text, ws.allowed_folders, field="folder")
    else:
        above = os.path.dirname(os.path.normpath(text)) or "."
        folder = paths.resolve(above, ws.allowed_folders, field="folder") / name
    holder = folder if folder.exists() else folder.parent
    if not holder.is_dir() or not os.access(holder, os.W_OK | os.X_OK):
        raise BadRequest(f"{holder} is not a folder that can be written to.", "Choose another folder.", field="folder")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty.", "Choose an empty folder, or a new one.", field="folder", code="exists")
    return folder


def _base(ws: Workspace) -> list[str]:
    return [str(ws.allowed_folders[0])] if ws.allowed_folders else []
