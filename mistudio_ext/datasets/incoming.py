"""Text on its way in: uploads in parts, and texts handed over in memory, until the dataset's job has read them."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from ..contract.errors import BadRequest, Conflict, NotFound, TooLarge
from ..contract.models import checked
from ..workspace import atomic
from ..workspace.ids import collection_of, new_id
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace, read_json
from .schema import StartUpload, Upload, UploadPart

FORGOTTEN_AFTER = 86400.0


def start_upload(ws: Workspace, params: StartUpload) -> Upload:
    """Announce a file; its parts follow."""
    name = safe_name(params.name)
    if params.size > ws.free_bytes():
        raise atomic.no_space(ws.root / "uploads", params.size)
    id = new_id("up")
    folder = ws.folder(id)
    folder.mkdir(mode=0o700)
    (folder / "content").touch()
    atomic.write_json(folder / "upload.json", {"id": id, "name": name, "size": params.size})
    return get_upload(ws, id)


def get_upload(ws: Workspace, id: str) -> Upload:
    """How far an upload has come."""
    if collection_of(id) != "uploads":
        raise BadRequest(f"{id} is not the id of an upload.", "Give the id that starting the upload returned.")
    folder = ws.folder(id)
    if not (folder / "upload.json").exists():
        raise NotFound(f"There is no upload {id}.", "Start the upload again.")
    return checked(Upload, read_json(folder / "upload.json") | {"received": (folder / "content").stat().st_size})


def add_part(ws: Workspace, id: str, params: UploadPart, body: bytes) -> Upload:
    """The next part of an upload, as the raw body of the request."""
    upload = get_upload(ws, id)
    with Lock(ws.folder(id) / ".lock"):
        content = ws.folder(id) / "content"
        received = content.stat().st_size
        if params.offset != received:
            raise Conflict(
                f"This part begins at byte {params.offset:,}, but {received:,} bytes are there.",
                "Go on from what was received.",
                code="wrong_offset",
            )
        if received + len(body) > upload.size:
            raise TooLarge(f"More than the announced {upload.size:,} bytes arrived.", "Start the upload again.")
        with atomic.disk_full_says_so(content), open(content, "r+b") as file:
            try:
                file.seek(received)
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(received)
                raise
    return get_upload(ws, id)


def cancel_upload(ws: Workspace, id: str) -> None:
    """Throw an upload away."""
    get_upload(ws, id)
    shutil.rmtree(ws.folder(id), ignore_errors=True)


def take_upload(ws: Workspace, id: str, dataset: Path) -> Path:
    """Move a finished upload into the dataset's folder."""
    upload = get_upload(ws, id)
    if upload.received < upload.size:
        raise Conflict(
            f"{upload.received:,} of {upload.size:,} bytes of {upload.name} have arrived.",
            "Send the missing parts first.",
            code="upload_unfinished",
        )
    target = dataset / "incoming" / upload.name
    target.parent.mkdir(parents=True)
    os.replace(ws.folder(id) / "content", target)
    shutil.rmtree(ws.folder(id), ignore_errors=True)
    return target


def write_texts(texts: list[str], dataset: Path) -> Path:
    target = dataset / "incoming" / "texts.jsonl"
    target.parent.mkdir(parents=True)
    try:
        with atomic.whole_file(target) as file:
            for text in texts:
                file.write(json.dumps({"text": text}).encode() + b"\n")
    except BaseException:
        shutil.rmtree(dataset, ignore_errors=True)
        raise
    return target


def safe_name(name: str) -> str:
    """A file name from a stranger, as the name of one file and nothing else."""
    cleaned = "".join(each for each in name if each.isprintable() and each not in '/\\:*?"<>|').strip(" .")
    cleaned = cleaned.encode("utf-8", "ignore").decode()
    while len(cleaned.encode()) > 200:
        cleaned = cleaned[1:]
    if not cleaned:
        raise BadRequest("The file's name has no usable letter.", "Rename the file.", field="name")
    return cleaned


def sweep_uploads(ws: Workspace) -> None:
    """Remove uploads that nobody finished."""
    for folder in (ws.root / "uploads").iterdir():
        content = folder / "content"
        if not content.exists() or time.time() - content.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(folder, ignore_errors=True)
